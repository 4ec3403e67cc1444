import Callback

/// Bounds what is kept of the server's answers until the client has taken them: any number of short
/// ones, and a few that are longer. The rest of other long ones is left to wait on its connection.
final class LargeAnswers: Sendable {
  /// Bytes of an answer that are read in any case.
  static let threshold = 256 << 10
  private static let limit = 4

  private let count = Watched(0)

  /// Waits until one more may be read; false once that isn't wanted any more.
  func enter(while isWanted: () -> Bool) -> Bool {
    while isWanted() {
      let hasEntered = count.withLock { count in
        guard count < Self.limit else { return false }
        count += 1
        return true
      }
      if hasEntered { return true }
      // In short turns, so that nobody waits for what was cancelled meanwhile.
      _ = count.wait(until: Monotonic.now + 0.2) { $0 < Self.limit }
    }
    return false
  }

  /// What has entered is with the client now, or was given up.
  func leave() { count.withLock { $0 -= 1 } }
}
