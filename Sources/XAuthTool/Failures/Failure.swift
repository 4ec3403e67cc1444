import Callback
import CommandTable
import DotEnv
import DurableFile
import HTTP
import OAuth
import Rotation

/// Why a command ended without doing what it was asked. Each case carries facts; its message, hint and
/// exit code are a row in the table of its domain, in the file named after it: `SettingsFailure`,
/// `FileFailures`, `LoginFailure`, …
enum Failure: Error, Sendable {
  /// A setting.
  case settings(SettingsFailure)
  /// The `.env` or what belongs to it on the disk.
  case file(FileFailure)
  /// The document in the `.env`.
  case dotEnv(DotEnvFailure, path: String)
  /// The grant: a login is needed.
  case login(LoginFailure)
  /// The server refuses the client, not the grant.
  case client(ErrorResponse, ClientCredentials)
  /// The network, and whether the token that was sent has been used.
  case network(HTTPFailure, spent: Spent)
  /// The server, for now.
  case temporary(TemporaryFailure)
  /// The listener can't be opened.
  case listener(ListenFailure, CallbackSettings)
  /// The settings don't make a redirect URI.
  case redirect(RedirectURIFailure)
  /// The certificate or its key.
  case certificate(TLSIdentityFailure)
  /// A library that is loaded at its first use.
  case library(MissingLibrary)
  /// A new token could not be saved where it belongs. `recovery` is the file that holds it instead;
  /// nil when it could not be written anywhere.
  case notSaved(SaveObstacle, recovery: String?)
  /// The tokens are revoked, but could not be removed from their file.
  indirect case notBlanked(Failure, path: String)
  /// The `--on-rotate` hook.
  case hook(HookFailure)
  /// What `export` was asked for.
  case export(ExportFailure)
  /// What `header` was asked for.
  case header(HeaderFailure)
  /// The command of `exec`.
  case program(ProgramNotStarted)
  /// Standard output is closed or full. `done` is what the command has done and couldn't report.
  case outputClosed(errno: Int32, done: String? = nil)
  /// A failure without a row of its own.
  case unexpected(String)

  /// Whether the token that a failed request presented has been used up.
  enum Spent: Sendable, Equatable {
    /// The request provably never reached the server.
    case no
    /// The server may or may not have used it.
    case unknown
    /// The server may or may not have taken the authorization code, and with a new grant it ends the
    /// one before.
    case codeUnknown
    /// The request presented nothing that works only once.
    case nothingToSpend
  }
}

extension Failure {
  /// Any error of a lower module as a `Failure`.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let failure as FileFailure: self = .file(failure)
    case let failure as RotationFailure: self = Failure(outsideRun: failure)
    case let failure as HTTPFailure: self = .network(failure, spent: .nothingToSpend)
    case let failure as HTTPLibraryUnavailable: self = .library(.curl(reason: failure.reason))
    case let failure as ProgramNotStarted: self = .program(failure)
    case let failure as CryptographyUnavailable: self = .library(MissingLibrary(failure))
    default: self = .unexpected("\(error)")
    }
  }

  /// The row of the tables for this failure.
  var report: FailureReport {
    switch self {
    case .settings(let failure): failure.report
    case .file(let failure): failure.report
    case .dotEnv(let failure, let path): failure.report(path: path)
    case .login(let failure): failure.report
    case .client(let response, let client): response.report(refusing: client)
    case .network(let failure, let spent): failure.report(spent: spent)
    case .temporary(let failure): failure.report
    case .listener(let failure, let callback): failure.report(for: callback)
    case .redirect(let failure): failure.report
    case .certificate(let failure): failure.report
    case .library(let library): library.report
    case .notSaved(let obstacle, let recovery): obstacle.report(recovery: recovery)
    case .notBlanked(let failure, let path): FailureReport(notBlanked: failure, path: path)
    case .hook(let failure): failure.report
    case .export(let failure): failure.report
    case .header(let failure): failure.report
    case .program(let failure): failure.report
    case .outputClosed(let errno, let done): FailureReport(outputClosed: errno, done)
    case .unexpected(let what): FailureReport("unexpected", .unexpected, what)
    }
  }
}

extension FailureReport {
  /// The row of `Failure.outputClosed`. It says what was done: somebody who sees only a failure would
  /// do it again.
  init(outputClosed errno: Int32, _ done: String?) {
    self.init(
      "output_closed", .unexpected,
      "standard output takes no more data (\(systemText(errno)))" + (done.map { "; \($0)" } ?? ""),
      hint: done == nil ? nil : "nothing has to be done again; \(call: "show") tells how it stands")
  }

  /// A usage error, reported like every other failure.
  init(_ failure: UsageError, tool: String) {
    self.init("usage", .usage, failure.message, hint: "\(failure.hint(tool: tool))")
  }
}
