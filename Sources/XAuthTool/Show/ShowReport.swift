import Rotation
import DurableFile
import OAuth

/// What `show` prints.
struct ShowReport: Report {
  let state: String
  let renewal: RenewalOutlook
  let accessToken: TokenFacts?
  let refreshToken: TokenFacts?
  let expiresAt: Int?
  let secondsLeft: Int?
  let account: String?
  let lastRenewal: RenewalFacts?
  let lastFailure: FailureFacts?
  let hookPendingSince: Int?
  let scopes: ScopeFacts
  let client: ClientFacts?
  let callback: CallbackFacts
  let file: FileFacts
  /// Where the tokens are shared; nil where this machine has them alone.
  let store: String?
  /// The number of the grant that this machine has from there; nil where it has none.
  let storeNumber: Int?
  /// What the place says now; nil where it wasn't asked.
  var storeCheck: String?
  let running: [ServedBy]
  let recovery: String?
  let settings: [SettingFacts]
  let warnings: [String]
  var check: TokenCheck?

  // What the text has in words.
  let tokenWords: String
  let historyWords: String
  let isVerbose: Bool
  let isFollowing: Bool

  private enum CodingKeys: String, CodingKey {
    case state, renewal
    case accessToken = "access_token"
    case refreshToken = "refresh_token"
    case expiresAt = "expires_at"
    case secondsLeft = "seconds_left"
    case account
    case lastRenewal = "last_renewal"
    case lastFailure = "last_failure"
    case hookPendingSince = "hook_pending_since"
    case storeNumber = "store_number"
    case storeCheck = "store_check"
    case scopes, client, callback, file, store, running, recovery, settings, warnings, check
  }

  init(_ standing: GrantStanding, _ settings: Settings, _ call: Call) throws(Failure) {
    let now = call.context.clock.now()
    let grant = standing.newest
    let source = standing.held.source == .file ? "the file" : "the environment"
    state = standing.code
    renewal = standing.renewal
    accessToken = grant.accessToken.map { TokenFacts(fingerprint: $0.fingerprint, source: source) }
    refreshToken = grant.refreshToken.map {
      TokenFacts(fingerprint: $0.fingerprint, source: source)
    }
    expiresAt = grant.expiresAt
    secondsLeft = standing.known.secondsLeft(at: now)
    account = standing.known.account?.username
    let history = RenewalHistory(standing, settings)
    lastRenewal = history.renewedAt.map { RenewalFacts(at: $0, by: history.renewedBy) }
    lastFailure = history.failure.map { FailureFacts($0, now) }
    hookPendingSince = history.hookPendingSince
    scopes = ScopeFacts(settings, granted: grant.scopes)
    client = try settings.client().map(ClientFacts.init)
    callback = CallbackFacts(settings)
    file = FileFacts(settings.file)
    store = try settings.store()?.shown
    storeNumber = standing.record?.shared?.number
    isFollowing = standing.renewal == .followed
    running = ServedBy.all(settings.file)
    recovery = standing.recoveryPhrase(journal: settings.journalPath)
    self.settings = try SettingFacts.all(settings)
    let told = [scopes.problem, callback.problem]
    warnings =
      Self.unreadable(settings).filter { !told.contains($0) }
      + Doctor(call: call).warnings(settings, standing.held).map {
        "\($0.message): \(call.console.text($0.cure))"
      }
    tokenWords =
      standing.words(at: now) + (standing.cure.map { ": \(call.console.text($0))" } ?? "")
    historyWords = history.words(at: now)
    isVerbose = call.options.verbose
  }

  /// What is wrong with the settings that can't be read.
  private static func unreadable(_ settings: Settings) -> [String] {
    var problems: [String] = []
    for name in SettingName.allCases {
      do { _ = try settings.setting(name) } catch { problems.append(error.report.message) }
    }
    return problems
  }
}

// The parts of the report, each an object in its JSON.

extension ShowReport {
  /// A token, recognized by the beginning of its SHA-256.
  struct TokenFacts: Encodable, Sendable {
    let fingerprint: String?
    let source: String
  }

  /// When the newest tokens came, and by which command.
  struct RenewalFacts: Encodable, Sendable {
    let at: Int
    let by: String?
  }

  /// The last renewal since, if it failed.
  struct FailureFacts: Encodable, Sendable {
    let at: Int
    let by: String?
    /// The HTTP status; nil when no answer came.
    let status: Int?
    let message: String

    init(_ failure: FailedRenewal, _ now: Int) {
      (at, by) = (failure.time, failure.command)
      status = if case .answered(let status, _) = failure.outcome { status } else { nil }
      message = failure.words(at: now)
    }
  }

  struct ScopeFacts: Encodable, Sendable {
    let granted: [String]?
    let requested: [String]
    let missing: [String]
    /// Why no scopes can be requested.
    let problem: String?

    /// If the setting can't be used, `show` prints the problem and everything else.
    init(_ settings: Settings, granted: Scopes?) {
      self.granted = granted?.names
      do {
        let scopes = try settings.requestedScopes()
        requested = scopes.names
        missing = granted.map { scopes.subtracting($0).names } ?? []
        problem = nil
      } catch {
        (requested, missing) = ([], [])
        problem = Failure(error).report.message
      }
    }
  }

  struct ClientFacts: Encodable, Sendable {
    let id: String
    let type: String
    let source: String

    init(_ client: SourcedClient) {
      id = client.credentials.id
      type = client.credentials.isConfidential ? "confidential" : "public"
      source = client.source.description
    }
  }

  struct CallbackFacts: Encodable, Sendable {
    let url: String?
    let problem: String?

    /// If the callback can't be used, `show` prints the problem and everything else.
    init(_ settings: Settings) {
      do {
        url = try settings.callback().redirect.uri
        problem = nil
      } catch {
        url = nil
        problem = Failure(error).report.message
      }
    }
  }

  struct FileFacts: Encodable, Sendable {
    let path: String
    let exists: Bool
    let mode: String?
    let owner: UInt32?

    init(_ file: EnvFile) {
      path = file.target.path
      exists = file.exists
      mode = file.snapshot.map { "0" + String($0.identity.mode, radix: 8) }
      owner = file.snapshot?.identity.owner
    }
  }

  /// A program of ours that keeps the grant alive at this moment.
  struct ServedBy: Encodable, Sendable {
    let pid: Int32
    let command: String

    static func all(_ file: EnvFile) -> [Self] {
      ((try? file.target.running()) ?? []).map {
        Self(pid: $0.process, command: sanitized($0.words, limit: 80))
      }
    }
  }

  struct SettingFacts: Encodable, Sendable {
    let name: String
    let value: String
    let source: String

    /// Every setting that is set; secrets without their value.
    static func all(_ settings: Settings) throws(Failure) -> [Self] {
      var facts: [Self] = []
      let client = try settings.client()
      for name in SettingName.allCases where !SettingName.grant.contains(name) {
        // The client's ID and secret come from one source; a value elsewhere isn't used, and isn't
        // shown. Settings that can't be read are among the warnings.
        let isClient = [.clientID, .clientSecret].contains(name)
        guard let setting = isClient ? client?.setting(name) : try? settings.setting(name) else {
          continue
        }
        facts.append(
          Self(
            name: name.rawValue,
            value: name == .store
              ? (try StorePlace(setting)).shown
              : name.isSecret ? "set" : sanitized(setting.text, limit: 200),
            source: setting.source.description))
      }
      return facts
    }
  }
}

extension GrantStanding {
  /// What the journal says and what the next run does about it; nil when there is nothing to do.
  fileprivate func recoveryPhrase(journal: String) -> String? {
    switch recovery {
    case .goOn where waitingLogin == .unfinished, .confirm where waitingLogin == .unfinished,
      .outcomeUnknown where waitingLogin == .unfinished, .refused where waitingLogin == .unfinished:
      "an unfinished login waits in \(journal); the next refresh asks X whose it is, to finish it"
    case .goOn where waitingLogin == .underWay, .confirm where waitingLogin == .underWay:
      "a login that is under way has its tokens in \(journal)"
    case .goOn where waitingLogin == .expired, .confirm where waitingLogin == .expired:
      "the expired tokens of an unfinished login are kept in \(journal)"
    case .goOn, .confirm:
      isAnotherKept ? "a grant that the file no longer holds is kept in \(journal)" : nil
    case .save: "a newer grant waits in \(journal); the next refresh saves it"
    case .presentNewest:
      "the file holds an older token; the next refresh tries the newest, in \(journal), first"
    case .otherAccount(let file, let newest):
      "the file holds an old token of @\(file), and \(journal) the newest\(newest.map { " of @\($0)" } ?? "; nobody knows whose they are")"
    case .otherServer(let issuer):
      "the newest tokens came from \(Endpoints.host(of: issuer)), not from X_API_BASE_URL's server"
    case .outcomeUnknown, .refused:
      record?.hasUnreadableAnswer == true
        ? "an answer that can't be read, and may hold the new tokens, is kept in \(journal)" : nil
    // The token's own line tells it.
    case .revocationBegun: nil
    }
  }

  private var isAnotherKept: Bool {
    record?.keepsAnother == true || held.grant.isBlank && record?.newest.grant.isBlank == false
  }
}
