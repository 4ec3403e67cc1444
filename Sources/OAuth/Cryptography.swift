import COpenSSL

/// The two functions of OpenSSL that the protocol needs.
enum Cryptography {
  /// SHA-256 (FIPS 180-4) of `bytes`.
  static func sha256(_ bytes: [UInt8]) throws(CryptographyUnavailable) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let openssl = try library()
    guard openssl.EVP_Digest(bytes, bytes.count, &digest, nil, openssl.EVP_sha256(), nil) == 1
    else { throw CryptographyUnavailable(reason: "it offers no SHA-256", isLibraryLoaded: true) }
    return digest
  }

  /// HMAC-SHA1 (RFC 2104) of `message` under `key`.
  static func hmacSHA1(
    key: [UInt8], message: [UInt8]
  ) throws(CryptographyUnavailable) -> [UInt8] {
    let openssl = try library()
    var code = [UInt8](repeating: 0, count: 20)
    let result = openssl.HMAC(
      openssl.EVP_sha1(), key, Int32(clamping: key.count), message, message.count, &code, nil)
    guard result != nil else {
      throw CryptographyUnavailable(reason: "it offers no HMAC-SHA1", isLibraryLoaded: true)
    }
    return code
  }

  private static func library() throws(CryptographyUnavailable) -> OpenSSLFunctions {
    if let functions = copenssl_functions() { return functions.pointee }
    let reason = copenssl_failure().map { String(cString: $0) }
    throw CryptographyUnavailable(reason: reason ?? "unknown reason", isLibraryLoaded: false)
  }
}

/// A digest, a signature or a PKCE pair can't be made on this machine.
public struct CryptographyUnavailable: Error, Sendable, Equatable {
  /// The loader's own words, or what was missing. Holds no secret.
  public let reason: String
  /// Whether the library was found, and only lacks something.
  public let isLibraryLoaded: Bool

  /// A failure for `reason`.
  public init(reason: String, isLibraryLoaded: Bool) {
    self.reason = reason
    self.isLibraryLoaded = isLibraryLoaded
  }
}
