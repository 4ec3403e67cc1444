import DotEnv
import OAuth
import Rotation

/// The command that gets the access token which another host renews.
struct FollowedCommand: Sendable {
  /// Seconds that it may run. Then it is stopped, with everything that it has started.
  static let limit = 30.0
  /// More than the values of any grant need.
  private static let longestOutput = 64 * 1024

  let command: String
  let context: Context

  /// Runs it by `sh -c`; what it prints, which may be a refresh token too.
  func run() throws(Failure) -> Grant {
    let outcome: ProgramOutcome
    do throws(ProgramNotStarted) {
      outcome = try context.programs.run(
        [HookCommand.shell, "-c", command], environment, [],
        .capture(limit: Self.longestOutput + 1), Self.limit)
    } catch {
      throw .follow(.cannotStart(errno: error.errno))
    }
    guard outcome.isSuccess else {
      throw .follow(.failed(outcome.end, said: String(decoding: outcome.errors, as: UTF8.self)))
    }
    guard outcome.output.count <= Self.longestOutput else {
      throw .follow(.tooMuch(limit: Self.longestOutput))
    }
    return try grant(in: DotEnvDocument(outcome.output))
  }

  /// Our environment without what could renew, and without what would have this program follow itself.
  private var environment: Environment {
    HookCommand(command: command, context: context).environment
      .without([SettingName.store.rawValue])
  }

  private func grant(in document: DotEnvDocument) throws(Failure) -> Grant {
    for name in SettingName.tokens + [.grantedScopes] {
      guard let value = document.value(of: name.rawValue) else { continue }
      guard let text = value.text, !text.hasControlCharacter else {
        throw .follow(.unusable(name, reason: "contains a character that it can't have"))
      }
      if name != .grantedScopes, !text.isEmpty, let fault = ValueFault(in: text, of: name) {
        throw .follow(.unusable(name, reason: fault.phrase))
      }
    }
    let grant = Grant(document: document)
    guard let token = grant.accessToken else { throw .follow(.missing(.accessToken)) }
    guard token.reveal().utf8.count <= IssuedTokens.longestToken else {
      throw .follow(.unusable(.accessToken, reason: "is too long"))
    }
    guard let end = grant.expiresAt else { throw .follow(.missing(.expiresAt)) }
    let now = context.clock.now()
    guard end > now else { throw .follow(.expired(at: end, now: now)) }
    guard !GrantView(grant: grant, record: nil).known.hasImpossibleExpiry(at: now) else {
      throw .follow(.impossibleExpiry)
    }
    return grant
  }
}

extension RotationRun {
  /// Makes sure that the access token is valid for `need`, as far as the host that is followed has one.
  func follow(
    _ need: Rotation.Need, _ rotation: Rotation, by command: FollowedCommand
  ) throws(Failure) -> Rotation.Renewal {
    let now = context.clock.now()
    let standing = try settings.standing(at: now)
    if !need.isDue(standing.known, at: now), standing.newest == standing.held.grant {
      return .notDue(standing.known)
    }
    var printsRefreshToken = false
    defer {
      notes.tell()
      if printsRefreshToken { console.warn(.followedPrintsRefreshToken) }
    }
    do {
      return try rotation.follow(
        need,
        permit: { holdsRefreshToken in
          guard !holdsRefreshToken else {
            throw Failure.follow(.refreshTokenHere(path: rotation.home.target.path))
          }
          try checkHookCanRun()
        },
        fetch: {
          var grant = try command.run()
          printsRefreshToken = grant.refreshToken != nil
          grant.refreshToken = nil
          return grant
        })
    } catch {
      throw failure(error, of: rotation)
    }
  }
}

extension Settings {
  /// Makes sure that a host which follows another one has no grant of its own besides.
  func requireNoOwnGrant(_ held: SourcedGrant, newest: Grant) throws(Failure) {
    guard try followed() != nil, held.grant.refreshToken != nil || newest.refreshToken != nil else {
      return
    }
    throw .follow(.refreshTokenHere(path: held.source == .file ? file.target.path : nil))
  }
}
