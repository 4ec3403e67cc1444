/// What X's redirect carries beside the `state` (RFC 6749 §4.1.2).
enum AuthorizationResponse: Equatable, WithoutSecrets {
  case code(String)
  case error(String, description: String?)

  /// nil when there is neither a code nor an error, when one is repeated, or when the code has
  /// characters that no code has. An error goes first: what came with a code would not be a
  /// success.
  init?(_ query: FormQuery) {
    switch query.occurrence(of: "error") {
    case .repeated: return nil
    case .once(let error):
      var description: String?
      if case .once(let text) = query.occurrence(of: "error_description") { description = text }
      self = .error(error, description: description)
    case .absent:
      guard case .once(let code) = query.occurrence(of: "code"),
        code.utf8.allSatisfy(\.isVSCHAR)
      else { return nil }
      self = .code(code)
    }
  }
}
