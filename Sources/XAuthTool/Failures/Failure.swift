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
  /// The rotation of a grant, and the circumstances that its message names.
  case rotation(RotationFailure, RotationCircumstances = .init())
  /// A login that is needed, or came to nothing.
  case login(LoginFailure)
  /// A request.
  case network(HTTPFailure)
  /// The listener can't be opened.
  case listener(ListenFailure, CallbackSettings)
  /// The settings don't make a redirect URI.
  case redirect(RedirectURIFailure)
  /// The certificate or its key.
  case certificate(TLSIdentityFailure)
  /// libcurl, which is loaded at its first use.
  case curl(HTTPLibraryUnavailable)
  /// OpenSSL, which is loaded at its first use.
  case cryptography(CryptographyUnavailable)
  /// The `--on-rotate` hook.
  case hook(HookFailure)
  /// The same where only the hook could have stored the new token, which the file `recovery` holds.
  indirect case notStored(Failure, recovery: String, inCI: Bool)
  /// A new refresh token came without an access token.
  case noAccessToken(path: String)
  /// The host that this one follows.
  case follow(FollowFailure)
  /// What `export` was asked for.
  case export(ExportFailure)
  /// What `header` was asked for.
  case header(HeaderFailure)
  /// A server can't begin.
  case serving(ServingFailure)
  /// The command of `exec`.
  case program(ProgramNotStarted)
  /// Standard output is closed or full. `done` is what the command has done and couldn't report.
  case outputClosed(errno: Int32, done: String? = nil)
  /// A failure without a row of its own.
  case unexpected(String)
}

extension Failure {
  /// Any error of a lower module as a `Failure`.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let failure as FileFailure: self = .file(failure)
    case let failure as RotationFailure: self = .rotation(failure)
    case let failure as HTTPFailure: self = .network(failure)
    case let failure as HTTPLibraryUnavailable: self = .curl(failure)
    case let failure as CryptographyUnavailable: self = .cryptography(failure)
    case let failure as ProgramNotStarted: self = .program(failure)
    default: self = .unexpected("\(error)")
    }
  }

  /// The row of the tables for this failure.
  var report: FailureReport {
    switch self {
    case .settings(let failure): failure.report
    case .file(let failure): failure.report
    case .dotEnv(let failure, let path): failure.report(path: path)
    case .rotation(let failure, let circumstances): failure.report(circumstances)
    case .login(let failure): failure.report
    case .network(let failure): failure.report
    case .listener(let failure, let callback): failure.report(for: callback)
    case .redirect(let failure): failure.report
    case .certificate(let failure): failure.report
    case .curl(let failure): failure.report
    case .cryptography(let failure): failure.report
    case .hook(let failure): failure.report
    case .notStored(let failure, let recovery, let inCI):
      FailureReport(notStored: failure, recovery: recovery, inCI: inCI)
    case .noAccessToken(let path):
      FailureReport(
        "no_access_token", .temporary,
        "X sent a new refresh token without an access token; it is saved in \(path)",
        hint: "run \(call: "refresh") to get an access token with it")
    case .follow(let failure): failure.report
    case .export(let failure): failure.report
    case .header(let failure): failure.report
    case .serving(let failure): failure.report
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
      "can't write to standard output (\(systemText(errno)))" + (done.map { "; \($0)" } ?? ""),
      hint: done == nil
        ? nil : "nothing has to be done again; \(call: "show") shows the token's state")
  }

  /// A usage error, reported like every other failure.
  init(_ failure: UsageError, tool: String) {
    self.init("usage", .usage, failure.message, hint: "\(failure.hint(tool: tool))")
  }
}
