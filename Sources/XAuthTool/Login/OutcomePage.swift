import Callback
import DurableFile
import OAuth
import Rotation

// Which page tells what happened. Page, terminal and exit code agree: see `FailureReport`.

extension Page {
  /// For an error that X sent the browser back with (RFC 6749 §4.1.2.1).
  static func denied(with error: String) -> Page {
    switch error {
    case "access_denied": .denied
    case "server_error", "temporarily_unavailable": .unavailable
    default: .refused
    }
  }

  /// For a code that was sent to X and did not lead to saved tokens.
  static func forFailedExchange(_ failure: Failure) -> Page {
    switch failure {
    // Without a recovery file nothing can be promised.
    case .rotation(.notSaved(_, recovery: nil), _): .lost
    case .rotation(.notSaved(reason: nil, _), _): .keptAside
    case .rotation(.notSaved, _): .couldNotSave
    default: .exchangeFailed
    }
  }
}

extension Page.Reason {
  /// Why a login failed, as a page tells it; nil where the page itself says all that it can.
  init?(_ failure: Failure) {
    switch failure {
    case .login(.denied(let error, _)): self.init(denial: error)
    case .rotation(let failure, _): self.init(failure)
    case .file(let failure): self.init(failure)
    default: return nil
    }
  }

  private init?(denial error: String) {
    switch error {
    case "invalid_scope": self = .scopes
    case "invalid_request", "unauthorized_client", "unsupported_response_type": self = .request
    case "server_error", "temporarily_unavailable": self = .ownFault
    default: return nil
    }
  }

  private init?(_ failure: RotationFailure) {
    switch failure {
    case .file(let failure): self.init(failure)
    case .notSaved(let reason?, _): self.init(reason)
    case .notSaved(nil, _), .keepsChanging: self = .changed
    case .codeRefused: self = .code
    case .clientRefused(let response):
      switch response.subject {
      case .client: self = .client
      case .scope: self = .scopes
      default: self = .request
      }
    case .unanswered(let request, _): self = request.mayHaveReachedServer ? .noAnswer : .unreachable
    case .busy: self = .rateLimited
    case .unusableAnswer(.serverFault, _, _, _): self = .ownFault
    case .unusableAnswer: self = .unusableAnswer
    default: return nil
    }
  }

  private init(_ failure: FileFailure) {
    switch failure {
    case .noSpace, .quota: self = .diskFull
    case .lockTimedOut: self = .locked
    default: self = .notWritable
    }
  }
}
