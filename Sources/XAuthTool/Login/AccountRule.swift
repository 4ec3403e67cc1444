import OAuth
import Rotation

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

  /// What becomes of a login's grant.
  enum Decision: Equatable {
    /// It is saved.
    case save
    /// It isn't the wanted account's, but the file's, whose earlier grant the login has ended: it is saved,
    /// and the login fails.
    case saveUnwanted
    /// It is saved if the user says so.
    case ask
    /// It is revoked at X.
    case reject
    /// It is kept aside: it may be the only one of the file's account that is alive.
    case keep
  }

  /// What becomes of a grant.
  ///
  /// - Parameters:
  ///   - signedIn: the account that it is for; nil where X doesn't say.
  ///   - isCut: whether scopes are missing that were asked for. Somebody may have taken them out of the
  ///     address, so that X doesn't say.
  ///   - known: the account of the grant in the file; nil where it holds none, or nobody knows.
  func decide(signedIn: Account?, isCut: Bool = false, known: Account?) -> Decision {
    guard let signedIn else {
      guard wanted != nil || isCut && needsName(known: known) else { return .save }
      return canAsk ? .ask : .keep
    }
    let isKnown = known?.isSame(as: signedIn) ?? false
    // A name that has changed hands asks for either of two accounts: it is decided as without it.
    let isNamesake = known.map(signedIn.isNamesake) ?? false
    if let wanted, !isNamesake || !signedIn.isNamed(wanted) {
      if signedIn.isNamed(wanted) || isKnown && known?.isNamed(wanted) == true { return .save }
      return isKnown ? .saveUnwanted : .reject
    }
    guard !isForced, known != nil, !isKnown else { return .save }
    return canAsk ? .ask : .reject
  }

  /// Whether anything depends on who has signed in.
  func needsName(known: Account?) -> Bool { wanted != nil || known != nil && !isForced }

  /// What is wanted with a login that is cut off before it is known who has signed in: the account that
  /// `--account` names replaces one of another name unasked.
  func wish(known: Account?) -> LoginWish? {
    wanted.flatMap { isForced || known?.isNamed($0) != true ? .named($0) : nil }
  }

  /// Whether anything may depend on whose tokens the file holds.
  var compares: Bool { wanted != nil || !isForced }
}

extension Account {
  /// Whether both have the same name, and are two accounts: the name has changed hands.
  func isNamesake(of other: Account) -> Bool { isNamed(other.username) && !isSame(as: other) }
}
