import Rotation
import DurableFile
import OAuth

/// What `show` tells.
struct ShowReport: Report {
  let state: TokenState
  let accessToken: TokenFacts?
  let refreshToken: TokenFacts?
  let expiresAt: Int?
  let secondsLeft: Int?
  let scopes: ScopeFacts
  let client: ClientFacts?
  let callback: CallbackFacts
  let file: FileFacts
  let recovery: String?
  let settings: [SettingFacts]
  let warnings: [String]
  /// What to do about the token.
  let cure: String?
  var check: TokenCheck?

  /// A token, known by the beginning of its SHA-256.
  struct TokenFacts: Encodable, Sendable {
    let fingerprint: String?
    let source: String
  }

  struct ScopeFacts: Encodable, Sendable {
    let granted: [String]?
    let requested: [String]
    let missing: [String]
    /// Why nothing can be asked for.
    let problem: String?
  }

  struct ClientFacts: Encodable, Sendable {
    let id: String
    let type: String
    let source: String
  }

  struct CallbackFacts: Encodable, Sendable {
    let url: String?
    let problem: String?
  }

  struct FileFacts: Encodable, Sendable {
    let path: String
    let exists: Bool
    let mode: String?
    let owner: UInt32?
  }

  struct SettingFacts: Encodable, Sendable {
    let name: String
    let value: String
    let source: String
  }

  private enum CodingKeys: String, CodingKey {
    case state
    case accessToken = "access_token"
    case refreshToken = "refresh_token"
    case expiresAt = "expires_at"
    case secondsLeft = "seconds_left"
    case scopes, client, callback, file, recovery, settings, warnings, check
  }
}

extension ShowReport {
  init(_ settings: Settings, _ call: Call) throws(Failure) {
    let context = call.context
    let now = context.clock.now()
    let standing = try settings.standing(at: now)
    let held = standing.held
    let grant = standing.newest
    let source = held.source == .file ? "the file" : "the environment"
    state = standing.state
    cure = standing.state.cure.map(call.console.text)
    accessToken = grant.accessToken.map { TokenFacts(fingerprint: $0.fingerprint, source: source) }
    refreshToken = grant.refreshToken.map {
      TokenFacts(fingerprint: $0.fingerprint, source: source)
    }
    expiresAt = grant.expiresAt
    secondsLeft = grant.secondsLeft(at: now)
    scopes = ScopeFacts(settings, granted: grant.scopes)
    client = try settings.client().map(ClientFacts.init)
    callback = CallbackFacts(settings)
    file = FileFacts(settings.file)
    recovery = standing.words(journal: settings.journalPath)
    self.settings = try SettingFacts.all(settings)
    let told = [scopes.problem, callback.problem]
    warnings =
      Self.unreadable(settings).filter { !told.contains($0) }
      + (try Self.warnings(settings, held, context)).map {
        "\($0.message): \(call.console.text($0.cure))"
      }
  }

  private static func warnings(
    _ settings: Settings, _ held: SourcedGrant, _ context: Context
  ) throws(Failure) -> [Warning] {
    let path = settings.file.target.path
    var warnings: [Warning] = []
    if let stale = try settings.staleCopyInEnvironment() { warnings.append(stale) }
    if let text = held.unreadableExpiry { warnings.append(.unreadableExpiry(text)) }
    if held.grant.hasImpossibleExpiry(at: context.clock.now()) {
      warnings.append(.impossibleExpiry)
    }
    if let mode = settings.file.snapshot?.identity.mode, mode & 0o077 != 0 {
      warnings.append(.openToOthers(path, mode: mode))
    }
    return warnings + context.git.ask(about: settings).warnings(about: settings)
  }

  /// What is wrong with settings that can't even be read.
  private static func unreadable(_ settings: Settings) -> [String] {
    var problems: [String] = []
    for name in SettingName.allCases {
      do { _ = try settings.setting(name) } catch { problems.append(error.report.message) }
    }
    return problems
  }
}

extension GrantStanding {
  /// What the next run will do about what the journal says; nil when there is nothing to do.
  fileprivate func words(journal: String) -> String? {
    switch recovery {
    case .goOn, .confirm:
      isAnotherKept ? "a grant that the file no longer holds is kept in \(journal)" : nil
    case .save: "a newer grant waits in \(journal); the next refresh saves it"
    case .park: "a grant that came for another token is kept in \(journal)"
    case .outcomeUnknown:
      record?.hasUnreadableAnswer == true
        ? "the answer to the last renewal can't be read; it is kept in \(journal)"
        : "the answer to the last renewal never came"
    case .refused: "X has refused this refresh token"
    case .revocationBegun: "a revocation was begun and not confirmed"
    }
  }

  private var isAnotherKept: Bool {
    record?.parked != nil || held.grant.isBlank && record?.newest.isBlank == false
  }
}
