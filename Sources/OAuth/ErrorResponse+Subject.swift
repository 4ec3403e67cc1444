extension ErrorResponse.Subject {
  /// What `body` is about, when `presented` was what the request was to redeem or to end.
  ///
  /// X answers `invalid_request` to nearly everything and puts the cause into the description, so
  /// its words decide. They are matched one by one: `token_type_hint` is not about the token.
  init(_ body: ErrorBody, presented: ErrorResponse.Subject) {
    let words = Set(
      (body.description ?? "").lowercased().split { !$0.isLetter && $0 != "_" }.map { String($0) })
    switch body.error {
    case "invalid_client", "unauthorized_client": self = .client
    case "invalid_scope": self = .scope
    case "invalid_grant", "invalid_token":
      let named = Self(words)
      self = named == .codeVerifier || named == .redirectURI ? named : presented
    case "invalid_request": self = Self(words)
    default: self = .other
    }
  }

  private init(_ words: Set<String>) {
    let isRefused = !words.isDisjoint(with: ["invalid", "expired", "revoked"])
    if words.contains("missing") {
      self = .missingParameter
    } else if !words.isDisjoint(with: ["verifier", "code_verifier", "challenge"]) {
      self = .codeVerifier
    } else if !words.isDisjoint(with: ["redirect", "redirect_uri"]) {
      self = .redirectURI
    } else if isRefused, words.contains("code") {
      self = .authorizationCode
    } else if isRefused, !words.isDisjoint(with: ["token", "refresh_token", "access_token"]),
      words.isDisjoint(with: ["type", "hint"])
    {
      self = .token
    } else {
      self = .other
    }
  }
}
