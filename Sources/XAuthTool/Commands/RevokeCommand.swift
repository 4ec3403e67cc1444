import Rotation
import CommandTable
import OAuth

/// `revoke`: end the grant
enum RevokeCommand: Subcommand {
  static let name = "revoke"

  static let options: [Option] = [
    .flag("local", \.local, help: "Clear the tokens here, but don't revoke them at X"), .store,
  ]

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Tokens", summary: "revoke the tokens at X and clear them in the file",
      discussion: """
        Revokes the refresh token, then the access token, and clears in the file what X has \
        confirmed. A token X no longer knows counts as revoked. Run twice, it does nothing the \
        second time.

        Where several machines share the tokens (`X_OAUTH2_STORE`), they end for all of them. With \
        `--local` this machine alone gives up its copy.
        """,
      options: options.map(\.option),
      environment: ["CLIENT_ID", "CLIENT_SECRET", "X_API_BASE_URL"],
      exitCodes: ExitCode.ofRenewing,
      examples: [
        Example("\(tool) revoke", "Log out"),
        Example("\(tool) revoke --local", "Forget the tokens of an app that no longer exists"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let isLocal = call.options.local
    let settings = try call.settings()
    if !isLocal, try settings.followed() != nil { throw .follow(.revocationHere) }
    let isInEnvironment = !isLocal && !settings.environmentGrant().grant.isBlank
    let place = isLocal ? nil : try settings.sharedPlace()
    guard settings.file.exists || isInEnvironment || place != nil else {
      throw .settings(.noFileToRevoke(path: settings.file.target.path))
    }
    let (ended, file) = isLocal ? try forget(settings, call) : try revoke(call)
    let report = RevokeReport(
      outcome: .init(ended, isLocal: isLocal), file: file)
    if call.console.isJSON {
      try call.console.result(report, done: ended == .nothing ? nil : report.description)
    } else {
      call.console.say(report.description)
    }
    return .done
  }

  private static func revoke(_ call: Call) throws(Failure) -> (Rotation.Revocation, String) {
    let rotation = try RotationRun.prepare(for: nil, call)
    return (try rotation.revoke(), rotation.path ?? rotation.settings.file.target.path)
  }

  private static func forget(
    _ settings: Settings, _ call: Call
  ) throws(Failure) -> (Rotation.Revocation, String) {
    return (try RotationRun.forget(settings, call), settings.file.target.path)
  }
}

/// What `revoke` tells.
struct RevokeReport: Report {
  enum Outcome: String, Encodable, Sendable, CaseIterable {
    case revoked, forgotten, nothing
    case alreadyInvalid = "already_invalid"
    case revokedBesideAnother = "revoked_beside_another"
    case forgottenBesideAnother = "forgotten_beside_another"

    init(_ ended: Rotation.Revocation, isLocal: Bool) {
      self =
        switch ended {
        case .nothing: .nothing
        case .revoked: isLocal ? .forgotten : .revoked
        case .alreadyInvalid: .alreadyInvalid
        case .revokedBesideAnother: isLocal ? .forgottenBesideAnother : .revokedBesideAnother
        }
    }
  }

  let outcome: Outcome
  let file: String

  var description: String {
    let file = file.onOneLine
    return switch outcome {
    case .nothing: "there is no token in \(file); nothing to revoke"
    case .forgotten: "cleared in \(file); X was not told, so the tokens work until they expire"
    case .alreadyInvalid:
      "X no longer knew these tokens (for this CLIENT_ID); cleared in \(file)"
    case .revokedBesideAnother:
      "revoked the tokens that were in \(file); it has others by now, which stay"
    case .forgottenBesideAnother:
      "forgot the tokens that were in \(file); it has others by now, which stay"
    case .revoked: "revoked the tokens at X and cleared them in \(file)"
    }
  }

  private enum CodingKeys: CodingKey { case outcome, file }
}
