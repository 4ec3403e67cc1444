#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Base64 with the alphabet that is safe in URLs, without padding (RFC 4648 §5, RFC 7636 §3).
public enum Base64URL {
  /// `bytes` as text: letters, digits, `-` and `_`.
  public static func encode(_ bytes: [UInt8]) -> String {
    var text = [UInt8]()
    for byte in Base64.encode(bytes).utf8 {
      switch byte {
      case UInt8(ascii: "+"): text.append(UInt8(ascii: "-"))
      case UInt8(ascii: "/"): text.append(UInt8(ascii: "_"))
      case UInt8(ascii: "="): break
      default: text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Ordinary Base64 with padding (RFC 4648 §4).
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
