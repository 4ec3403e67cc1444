import Callback
import DotEnv
import DurableFile
import HTTP
import OAuth
import Rotation

/// Why a command ended without doing what it was asked. Each case carries facts; what is said about
/// them stands in the tables, one a domain: `FailureReport+…`.
enum Failure: Error, Sendable {
  /// A setting.
  case settings(SettingsFailure)
  /// The `.env` or what belongs to it on the disk.
  case file(FileFailure)
  /// The document in the `.env`.
  case dotEnv(DotEnvFailure, path: String)
  /// The grant: a person is needed.
  case login(LoginFailure)
  /// The server refuses the client, not the grant.
  case client(ErrorResponse, ClientCredentials)
  /// The network, and what that means for what was sent.
  case network(HTTPFailure, spent: Spent)
  /// The server, for now.
  case temporary(TemporaryFailure)
  /// The listener can't be opened.
  case listener(ListenFailure, CallbackSettings)
  /// The redirect URI can't be one.
  case redirect(RedirectURIFailure)
  /// The certificate or its key.
  case certificate(TLSIdentityFailure)
  /// A library that is loaded when it is first needed.
  case library(MissingLibrary)
  /// A new token that isn't where it belongs; `recovery` is the file that holds it,
  /// nil when the disk took nothing at all.
  case notSaved(SaveObstacle, recovery: String?)
  /// Tokens that are revoked, but still stand in their file.
  indirect case notBlanked(Failure, path: String)
  /// The `--on-rotate` hook.
  case hook(HookFailure)
  /// What `export` was asked for.
  case export(ExportFailure)
  /// What `header` was asked for.
  case header(HeaderFailure)
  /// The command of `exec`.
  case program(ProgramNotStarted)
  /// Standard output takes no more; `done` is what would have been told there, and is done all the
  /// same.
  case outputClosed(errno: Int32, done: String? = nil)
  /// Something nobody foresaw.
  case unexpected(String)

  /// Whether the token that a failed request presented is spent.
  enum Spent: Sendable, Equatable {
    /// The request provably never reached the server.
    case no
    /// Nobody can tell.
    case unknown
    /// Nobody can tell whether the server took the code; with a new grant it ends the one before.
    case codeUnknown
    /// The request spends nothing.
    case nothingToSpend
  }
}

extension Failure {
  /// Any failure of a lower module as one of ours.
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
    case .dotEnv(let failure, let path): FailureReport(failure, path: path)
    case .login(let failure): failure.report
    case .client(let response, let client): FailureReport(refusing: client, response)
    case .network(let failure, let spent): FailureReport(failure, spent: spent)
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
