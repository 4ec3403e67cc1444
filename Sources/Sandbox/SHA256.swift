import COpenSSL
import FoundationEssentials

/// SHA-256 for the log, the stored tokens and PKCE. Not shared with xauth, whose PKCE it checks.
enum SHA256 {
  /// The 32 bytes of the digest; refused when OpenSSL can't be loaded.
  static func digest(of text: String) throws(Refusal) -> [UInt8] {
    guard let openssl = copenssl_functions()?.pointee else { throw .broken }
    let bytes = Array(text.utf8)
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let done = openssl.EVP_Digest(
      bytes, bytes.count, &digest, &length, openssl.EVP_sha256(), nil)
    guard done == 1, length == 32 else { throw .broken }
    return digest
  }

  /// The digest in lower-case hexadecimal digits.
  static func hex(of text: String) throws(Refusal) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let bytes = try digest(of: text).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Base64 with the URL-safe alphabet and without padding (RFC 4648 §5, RFC 7636 appendix A).
func base64URL(_ bytes: [UInt8]) -> String {
  let encoded = Data(bytes).base64EncodedString().utf8.compactMap { byte -> UInt8? in
    switch byte {
    case UInt8(ascii: "+"): UInt8(ascii: "-")
    case UInt8(ascii: "/"): UInt8(ascii: "_")
    case UInt8(ascii: "="): nil
    default: byte
    }
  }
  return String(decoding: encoded, as: UTF8.self)
}
