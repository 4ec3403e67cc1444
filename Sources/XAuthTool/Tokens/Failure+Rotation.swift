import HTTP
import OAuth
import Rotation

extension Failure {
  /// A rotation's failure, with what its message needs beside it: the host that was asked, the client
  /// that asked, and the time.
  init(_ failure: RotationFailure, host: String, client: ClientCredentials, now: Int) {
    func mapped(_ reason: RotationFailure) -> Failure {
      Failure(reason, host: host, client: client, now: now)
    }
    switch failure {
    case .file(let failure): self = .file(failure)
    case .dotEnv(let failure, let path): self = .dotEnv(failure, path: path)
    case .cryptography(let failure): self = .library(MissingLibrary(failure))
    case .notReady(let error): self = Failure(error)
    case .controlCharacter(let key, let line):
      self = .settings(
        .controlCharacter(key == .accessToken ? .accessToken : .refreshToken, .file(line: line)))
    case .keepsChanging(let path): self = .temporary(.keepsChanging(path: path))

    case .noGrant(let path): self = .login(.noGrant(path: path))
    case .noRefreshToken: self = .login(.noRefreshToken)
    case .refused(let response, let kept): self = .login(.refused(response, kept: kept))
    case .refusedBefore(let path): self = .login(.refusedBefore(path: path))
    case .revocationBegun: self = .login(.revocationBegun)
    case .codeRefused(let response): self = .login(.codeRefused(response))
    case .clientRefused(let response): self = .client(response, client)

    case .unanswered(let failure, let exchange): self = Failure(failure, to: exchange)
    case .busy(let advice): self = .temporary(.busy(advice, host: host, now: now))
    case .unusableAnswer(let reason, .codeExchange, _):
      self = .temporary(.noGrantInAnswer(reason, host: host))
    case .unusableAnswer(let reason, .refresh, let kept),
      .unusableAnswer(let reason, .revocation, let kept):
      self = .temporary(.unusableAnswer(reason, host: host, kept: kept))
    case .notConfirmed(let status): self = .temporary(.notConfirmed(status: status, host: host))
    case .outcomeStillUnknown(let since, let kept, let again):
      self = .temporary(
        .outcomeStillUnknown(since: since, kept: kept, tryingAgainAt: again, now: now))
    case .halfRevoked(let revoked, let left, let reason):
      self = .temporary(
        .halfRevoked(
          revoked: revoked.words, left: left.words, reason: mapped(reason).report.message))

    case .notSaved(let reason, let recovery):
      self = .notSaved(
        reason.map { .because(mapped($0)) } ?? .anotherGrantInFile, recovery: recovery)
    case .notCleared(let reason, let path): self = .notBlanked(mapped(reason), path: path)
    }
  }

  /// What a missing answer means depends on what the request presented.
  private init(_ failure: Unanswered, to exchange: RotationFailure.Exchange) {
    guard let cause = failure.cause as? HTTPFailure else {
      self = Failure(failure.cause)
      return
    }
    let spent: Spent =
      switch exchange {
      case .refresh: cause.mayHaveReachedServer ? .unknown : .no
      case .codeExchange: cause.mayHaveReachedServer ? .codeUnknown : .nothingToSpend
      case .revocation: .nothingToSpend
      }
    self = .network(cause, spent: spent)
  }
}

extension TokenTypeHint {
  /// The token in words.
  var words: String {
    switch self {
    case .accessToken: "access token"
    case .refreshToken: "refresh token"
    }
  }
}

extension Network {
  /// The way to send a request to the token or revocation endpoint.
  var tokenEndpoint: RotationEffects.Send {
    { (request, deadline) throws(Unanswered) in
      do throws(HTTPFailure) { return try post(request, deadline: deadline) } catch {
        throw Unanswered(
          mayHaveReachedServer: error.mayHaveReachedServer, cause: error,
          partialAnswer: error.partialAnswer.map(ServerAnswer.init))
      }
    }
  }
}

extension Failure {
  /// A failure of what reads or edits a file without presenting a token.
  init(outsideRun failure: RotationFailure) {
    self.init(failure, host: "X", client: ClientCredentials(id: "", secret: nil), now: 0)
  }
}
