/// Looks for everything that would make a login or a refresh fail later.
///
/// A check never throws: what it finds wrong is its finding, and the other checks still run.
struct Doctor: Sendable {
  let call: Call
  var context: Context { call.context }

  /// The findings of all checks; with `online`, also of those that ask X, or what
  /// `X_OAUTH2_STORE` names.
  func findings(online: Bool) -> [Finding] {
    let settings: Settings
    do { settings = try call.settings() } catch {
      // Without the file nothing is known of the settings, but the machine can still be checked.
      return [.failed(.file, error)] + machine.flatMap { $0() }
    }
    let asked = online ? network(settings) + askStore(settings) : []
    let found = checks.flatMap { $0(settings) } + machine.flatMap { $0() }
    // A clock that only X can correct looks right here.
    return found.filter { $0 != Self.clockLooksRight || !asked.contains { $0.check == .clock } }
      + asked
  }

  /// What `show` warns about: the checks that only read and need no program but git.
  func warnings(_ settings: Settings, _ held: SourcedGrant) -> [Warning] {
    staleCopy(settings) + settings.slips() + unreadableExpiry(held)
      + impossibleExpiry(settings, held)
      + permissions(settings)
      + context.git.ask(about: settings).warnings(about: settings)
  }

  /// The checks, in the order of the report. A new one is a function in the file of its subject, an
  /// entry here or in `machine`, and a name in `Finding.Check` if it reports under a name of its own.
  private var checks: [(Settings) -> [Finding]] {
    [
      file, locks, git, images, token, scopes, store, rotation, client, signature, endpoint, proxy,
      environment,
      callback, browser, machineKind, timer, clock,
    ]
  }

  /// The checks that need no settings.
  private var machine: [() -> [Finding]] { [openSSL, libcurl, path, cron] }
}

/// What one check of `doctor` found.
struct Finding: Sendable, Equatable {
  /// What was looked at. The names are a contract with programs that read the JSON.
  enum Check: String, Encodable, Sendable, CaseIterable {
    case file, folder, git, image, token, scopes, client, signature, endpoint, environment
    case callback, certificate, browser, rotation, clock, openssl, libcurl, authorities, proxy
    case path, cron, timer, network, machine, store
  }

  /// How bad it is.
  enum Status: String, Encodable, Sendable, CaseIterable {
    /// As it should be.
    case fine = "ok"
    /// It works now, but will cause trouble.
    case warning
    /// It will make a login or a refresh fail.
    case failed
  }

  let check: Check
  let status: Status
  /// What was found, in one line.
  let message: String
  /// What to do about it, in one line.
  let cure: Hint?

  /// Nothing to do.
  static func fine(_ check: Check, _ message: String) -> Finding {
    Finding(check: check, status: .fine, message: message, cure: nil)
  }

  /// Something that will cause trouble.
  static func warning(_ check: Check, _ message: String, cure: Hint?) -> Finding {
    Finding(check: check, status: .warning, message: message, cure: cure)
  }

  /// The same, from the table of warnings.
  static func warning(_ check: Check, _ warning: Warning) -> Finding {
    .warning(check, warning.message, cure: warning.cure)
  }

  /// The failure that a login or a refresh would end with; only a warning if it is temporary.
  ///
  /// - Parameter cure: what to do about it instead, where more is known of the place.
  static func failed(_ check: Check, _ failure: Failure, cure: Hint? = nil) -> Finding {
    failed(check, failure.report, cure: cure)
  }

  /// The same, from its row of the failure tables.
  static func failed(_ check: Check, _ report: FailureReport, cure: Hint? = nil) -> Finding {
    Finding(
      check: check, status: report.isRetryable ? .warning : .failed, message: report.message,
      cure: cure ?? report.hint)
  }

  /// A failure without a row in the tables.
  static func failed(_ check: Check, _ message: String, cure: Hint?) -> Finding {
    Finding(check: check, status: .failed, message: message, cure: cure)
  }
}
