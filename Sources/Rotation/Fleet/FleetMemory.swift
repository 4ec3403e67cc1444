import OAuth

/// What the journal of a machine remembers of a grant that it shares with others.
struct FleetMemory: Sendable, Equatable {
  /// The store's place, as its setting names it.
  var place: String
  /// The number of the newest grant that this machine has saved there, or has copied from there.
  var number = 0
  /// Which of the logins that grant comes from.
  var login = 0
  /// How many logins had been begun by then.
  var logins = 0
  /// The token that this machine saved there, or copied, last.
  var copied: TokenHash? = nil
  /// What this machine has begun last, until it is over.
  var attempt: FleetAttempt? = nil

  init(_ place: String) { self.place = place }

  /// Takes `shared` for what this machine knows now.
  mutating func remember(_ shared: SharedGrant) {
    (number, login, logins, copied) = (shared.number, shared.login, shared.logins, shared.token)
    // What is known of an attempt that stands there still counts.
    if attempt?.id != shared.intent?.id || attempt?.stage == .granted { attempt = nil }
  }
}

/// A use of the shared grant that this machine has begun.
struct FleetAttempt: Sendable, Equatable {
  enum Stage: String, Sendable, CaseIterable {
    /// Nobody knows what became of it.
    case begun
    /// Nothing was sent for it, and nothing will be.
    case neverSent
    /// It was sent, its sender has given up, and the outcome is unknown.
    case gaveUp
    /// X has refused its token.
    case refused
    /// Its answer is the journal's newest grant, which the store may not have yet.
    case granted
  }

  /// The id of its intent in the store.
  let id: String
  /// The token that it presents, or that its login replaces.
  let token: TokenHash?
  /// The number of its login; nil when it is none.
  var login: Int? = nil
  /// Whether it presents a token again that this machine had presented before, with an unknown outcome.
  var isSecondTry = false
  var stage = Stage.begun

  /// What it is where nothing was sent: what came before stays unknown.
  var unsent: FleetAttempt {
    var attempt = self
    attempt.stage = isSecondTry ? .gaveUp : .neverSent
    return attempt
  }
}

extension RotationRecord {
  /// What becomes of the attempt that was answered so.
  mutating func settleAttempt(by answer: TokenAnswer) {
    guard let attempt = fleet?.attempt, attempt.stage == .begun else { return }
    switch answer {
    case .granted: fleet?.attempt?.stage = .granted
    case .loginNeeded: fleet?.attempt?.stage = .refused
    case .outcomeUnknown: fleet?.attempt?.stage = .gaveUp
    case .misconfigured, .temporary: fleet?.attempt = attempt.unsent
    }
  }

  /// Whether the newest grant isn't in the store yet.
  var isOwedToStore: Bool { fleet?.attempt?.stage == .granted }
}

// MARK: In the journal

extension FleetMemory {
  var fields: RecordFields {
    var fields = RecordFields()
    fields.append("place", place)
    fields.append("number", number)
    fields.append("login", login)
    fields.append("logins", logins)
    fields.append("copied", copied?.text)
    fields.append("attempt", attempt?.fields)
    return fields
  }

  init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    self.init(try reader.text("place").required())
    number = try reader.number("number").required()
    login = try reader.number("login").required()
    logins = try reader.number("logins").required()
    copied = try reader.text("copied").flatMap(TokenHash.init(text:))
    attempt = try reader.fields("attempt").map(FleetAttempt.init)
    try reader.end()
  }
}

extension FleetAttempt {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("id", id)
    fields.append("token", token?.text)
    fields.append("login", login)
    fields.append("second-try", isSecondTry ? "" : nil)
    fields.append("stage", stage.rawValue)
    return fields
  }

  fileprivate init(_ reader: consuming RecordFieldReader) throws(RecordFieldReader.Malformed) {
    id = try reader.text("id").required()
    token = try reader.text("token").flatMap(TokenHash.init(text:))
    login = try reader.number("login")
    isSecondTry = try reader.text("second-try") != nil
    stage = try reader.text("stage").flatMap(Stage.init).required()
    try reader.end()
  }
}
