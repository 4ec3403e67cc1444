import Callback

/// The login that the fuzzed requests and pastes are for.
enum FuzzedLogin {
  static let state = "Zm9yLXRoZS1mdXp6ZXItYWxvbmU"
  static let otherState = "YW5vdGhlci1sb2dpbidzIHN0YXRl"
  static let host = "127.0.0.1:8976"
  static let path = "/callback"

  static func expectation(state: String = state) throws -> CallbackExpectation {
    let redirect = try RedirectURI(scheme: .http, host: "127.0.0.1", port: 8976, path: path)
    return CallbackExpectation(redirect: redirect, state: state)
  }

  /// Whether only this login's state made `decision` possible.
  static func isDecided(_ decision: CallbackDecision) -> Bool {
    switch decision {
    case .authorized, .denied: true
    case .refuse, .respondEmpty, .start, .returned: false
    }
  }
}

/// RFC 6749 appendix A.11: a code is one or more VSCHAR.
func isCode(_ text: String) -> Bool {
  !text.isEmpty && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
}
