import OAuth

extension Rotation {
  /// Seconds after which a person is told of a dead grant once more.
  private static let reminderPeriod = 24 * 60 * 60

  /// Whether a person has still to be told that the file's grant is dead: once, again when its access token
  /// has expired, then once a day. With a true, the run that asks is taken to tell it.
  ///
  /// What was told is noted beside the journal. Where that note can't be kept, it is told again.
  public func isDeadGrantNews() -> Bool {
    guard let locked = try? lock() else { return true }
    let (grant, now) = (locked.grant, effects.now())
    let token = grant.identity.flatMap { try? TokenHash($0).text } ?? "none"
    let told = locked.note(named: "told").flatMap { Told($0) }
    guard told?.isEnough(for: token, expiringAt: grant.expiresAt, at: now) != true else {
      locked.unlock()
      return false
    }
    locked.write("\(token) \(now)", asNoteNamed: "told")
    locked.unlock()
    return true
  }

  /// When a person was told of which token.
  private struct Told {
    let token: String
    let time: Int

    init?(_ text: String) {
      let parts = text.split(separator: " ")
      guard parts.count == 2, let time = Int(parts[1]) else { return nil }
      (token, self.time) = (String(parts[0]), time)
    }

    func isEnough(for token: String, expiringAt expiry: Int?, at now: Int) -> Bool {
      guard token == self.token, time <= now, now < time + reminderPeriod else { return false }
      guard let expiry else { return true }
      return !(time < expiry && expiry <= now)
    }
  }
}
