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
