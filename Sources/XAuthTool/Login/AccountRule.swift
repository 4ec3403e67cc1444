import OAuth

/// Whose grant a login may save. Somebody else may have signed in: in the wrong browser profile, or, on
/// a machine that others use as well, on purpose.
struct AccountRule: Sendable, Equatable {
  /// The name that `--account` gives, without the `@`; nil: any.
  let wanted: String?
  /// Whether the user has said that another account may take the place of the file's.
  let isForced: Bool
  /// Whether the user can be asked.
  let canAsk: Bool

  /// The rule of one call.
  init(_ call: Call) throws(Failure) {
    wanted = try call.options.account.map(Self.name)
    isForced = call.options.force
    canAsk = call.context.terminal.isInteractive() && !call.console.isJSON
  }

  init(wanted: String?, isForced: Bool, canAsk: Bool) {
    (self.wanted, self.isForced, self.canAsk) = (wanted, isForced, canAsk)
  }

  /// A name as it is typed, in the characters that X allows in one.
  private static func name(_ text: String) throws(Failure) -> String {
    let name = text.hasPrefix("@") ? String(text.dropFirst()) : text
    guard 1...15 ~= name.utf8.count,
      name.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
          true
        default: false
        }
      })
    else { throw .settings(.notAnAccount(text)) }
    return name
  }

  /// What becomes of a grant.
  ///
  /// - Parameters:
  ///   - signedIn: whose it is; nil where X doesn't say. Nothing can be held against it then.
  ///   - known: whose grant the file holds; nil where it holds none, or nobody knows.
  func verdict(signedIn: Account?, known: Account?) -> LoginVerdict {
    guard let signedIn else { return .save(nil) }
    if let wanted { return signedIn.isNamed(wanted) ? .save(signedIn) : .reject(signedIn) }
    guard !isForced, let known, !signedIn.isNamed(known.username) else { return .save(signedIn) }
    return canAsk ? .park(signedIn) : .reject(signedIn)
  }
}

extension Account {
  /// Whether this is its name: X ignores case.
  func isNamed(_ name: String) -> Bool { username.lowercased() == name.lowercased() }
}
