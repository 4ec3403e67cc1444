/// What the browser is sent to: the authorization request of RFC 6749 §4.1.1 with PKCE.
public enum AuthorizationRequest {
  /// The whole URL, percent-encoded by RFC 3986, so that it survives terminals and shells' quotes.
  ///
  /// - Parameters:
  ///   - endpoint: The authorization endpoint; it may have a query of its own, which stays (§3.1).
  ///   - clientID: The client identifier (§2.2).
  ///   - redirectURI: Where X sends the browser back to; compared exactly with what was registered
  ///     (§3.1.2).
  ///   - scopes: What is asked for; left out of the URL when empty.
  ///   - state: Ties the answer to this login (§10.12). X takes at most 500 characters.
  ///   - pkce: Ties the code to this login; only the challenge is in the URL.
  public static func url(
    endpoint: String, clientID: String, redirectURI: String, scopes: Scopes, state: String,
    pkce: PKCE
  ) -> String {
    let scope = scopes.isEmpty ? [] : [FormParameter("scope", scopes.spaceSeparated)]
    let parameters =
      [
        FormParameter("response_type", "code"),
        FormParameter("client_id", clientID),
        FormParameter("redirect_uri", redirectURI),
      ] + scope + [
        FormParameter("state", state),
        FormParameter("code_challenge", pkce.challenge),
        FormParameter("code_challenge_method", PKCE.method),
      ]
    // A fragment would swallow the parameters, and §3.1 forbids one.
    let base = endpoint.prefix { $0 != "#" }
    return String(base) + separator(after: base) + FormParameter.encode(parameters)
  }

  private static func separator(after base: Substring) -> String {
    guard base.contains("?") else { return "?" }
    return base.hasSuffix("?") || base.hasSuffix("&") ? "" : "&"
  }
}

/// Proof Key for Code Exchange: what binds an authorization code to the run that asked for it
/// (RFC 7636).
public struct PKCE: Sendable, Equatable {
  /// The only method that hides the verifier from whoever reads the authorization URL (§4.2).
  static let method = "S256"

  /// Sent with the code, and nowhere before (§4.5).
  public let verifier: Secret

  /// Sent in the authorization URL: the SHA-256 of the verifier (§4.2).
  let challenge: String

  /// Makes the pair from 32 fresh random bytes, as §4.1 recommends.
  ///
  /// - Precondition: 32 to 96 bytes, which make a verifier of the 43 to 128 characters that §4.1
  ///   asks for.
  /// - Throws: when OpenSSL can't be loaded.
  public init(randomBytes: [UInt8]) throws(CryptographyUnavailable) {
    precondition(32...96 ~= randomBytes.count)
    let text = Base64URL.encode(randomBytes)
    verifier = Secret(text)
    challenge = Base64URL.encode(try Cryptography.sha256(Array(text.utf8)))
  }
}
