/// A valid authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3).
struct AuthorizationRequest: Sendable {
  /// Where the answer goes; checked before anything else.
  struct ReturnAddress: Sendable {
    let redirectURI: String
    let state: String
  }

  /// An error that is reported to the client by redirect (RFC 6749 §4.1.2.1).
  struct Invalid: Error {
    let code: String
    let description: String
  }

  let address: ReturnAddress
  /// The account that the browser is signed in to.
  let account: String
  let scopes: [String]
  let codeChallenge: String

  /// Checks everything except the return address.
  init(_ form: Form, address: ReturnAddress, account: String) throws(Invalid) {
    guard try Self.required("response_type", form) == "code" else {
      throw Invalid(code: "unsupported_response_type", description: "response_type has to be code.")
    }
    guard try Self.required("code_challenge_method", form).isByteForByte("S256") else {
      throw Invalid(code: "invalid_request", description: "code_challenge_method has to be S256.")
    }
    let challenge = try Self.required("code_challenge", form)
    // The digest's 32 bytes are 43 characters; a dot or a tilde isn't in the alphabet.
    guard challenge.utf8.count == 43,
      challenge.utf8.allSatisfy({ $0.isUnreserved && !".~".utf8.contains($0) })
    else {
      throw Invalid(code: "invalid_request", description: "code_challenge is no SHA-256 digest.")
    }
    self.address = address
    self.account = account
    self.scopes = try Self.scopes(Self.required("scope", form))
    self.codeChallenge = challenge
  }

  private static func required(_ name: String, _ form: Form) throws(Invalid) -> String {
    do throws(Refusal) {
      return try form.required(name)
    } catch {
      throw Invalid(code: "invalid_request", description: error.description)
    }
  }

  /// The scopes, each once (RFC 6749 §3.3).
  private static func scopes(_ text: String) throws(Invalid) -> [String] {
    var scopes: [String] = []
    for scope in text.split(separator: " ").map(String.init) where !scopes.contains(scope) {
      let isValid = scope.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x22 && $0 != 0x5C }
      // X has 27 scopes: a much longer list is something else.
      guard isValid, scopes.count < 100 else {
        throw Invalid(code: "invalid_scope", description: "scope is malformed.")
      }
      scopes.append(scope)
    }
    guard !scopes.isEmpty else {
      throw Invalid(code: "invalid_scope", description: "scope is empty.")
    }
    return scopes
  }
}

/// Why an authorization request isn't answered by a redirect. X tells nobody.
struct AccessNotGiven: Error {
  let reason: String
  /// What the request has; nil when that is missing or repeated.
  let sent: String?
  /// What it could have had, as far as that is known.
  var registered: [String] = []
}
