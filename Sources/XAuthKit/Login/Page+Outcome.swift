import Callback

// Which page tells what happened. It says the same as the terminal does: see `FailureReport`.

extension Page {
  /// For an error that X sent the browser back with (RFC 6749 §4.1.2.1).
  static func denied(with error: String) -> Page {
    switch error {
    case "access_denied": .denied
    case "server_error", "temporarily_unavailable": .unavailable
    default: .refused
    }
  }

  /// For a code that was sent to X, and did not end in saved tokens.
  static func forFailedExchange(_ failure: Failure) -> Page {
    switch failure {
    // Only a recovery file can be promised that there is.
    case .notSaved(_, recovery: nil): .lost
    case .notSaved(.anotherGrantInFile, _): .keptAside
    case .notSaved: .couldNotSave
    default: .exchangeFailed
    }
  }
}
