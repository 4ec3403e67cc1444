/// Proof Key for Code Exchange: what binds an authorization code to the run that asked for it
/// (RFC 7636).
public struct PKCE: Sendable, Equatable {
  /// The only method that hides the verifier from whoever reads the authorization URL (§4.2).
  public static let method = "S256"

  /// Sent with the code, and nowhere before (§4.5).
  public let verifier: Secret

  /// Sent in the authorization URL: the SHA-256 of the verifier (§4.2).
  public let challenge: String

  /// Makes the pair from 32 fresh random bytes, as §4.1 recommends.
  ///
  /// Throws when OpenSSL can't be loaded, and for fewer than 32 or more than 96 bytes: the verifier
  /// must have 43 to 128 characters.
  public init(randomBytes: [UInt8]) throws(CryptographyUnavailable) {
    guard 32...96 ~= randomBytes.count else {
      throw CryptographyUnavailable(
        reason: "PKCE needs 32 random bytes and was given \(randomBytes.count)")
    }
    let text = Base64URL.encode(randomBytes)
    verifier = Secret(text)
    challenge = Base64URL.encode(try Cryptography.sha256(Array(text.utf8)))
  }
}
