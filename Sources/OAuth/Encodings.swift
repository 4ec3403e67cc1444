import FoundationEssentials

/// Base64 with the alphabet that is safe in URLs, without padding (RFC 4648 §5, RFC 7636 §3).
public enum Base64URL {
  /// `bytes` as text: letters, digits, `-` and `_`.
  public static func encode(_ bytes: [UInt8]) -> String {
    Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}

/// Ordinary Base64 with padding (RFC 4648 §4).
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}

/// Bytes in hexadecimal digits.
public enum Hexadecimal {
  /// Two lower-case digits for each byte.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

/// Percent-encoding of everything but the unreserved characters (RFC 3986 §2.1, §2.3; RFC 5849
/// §3.6). A space becomes `%20`, which is also understood where a form would have `+`.
enum PercentEncoding {
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded = [UInt8]()
    for byte in bytes {
      if isUnreserved(byte) {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  static func encode(_ text: String) -> String { encode(text.utf8) }

  /// Decodes one name or value of a form, where `+` is a space. A `%` that no two hexadecimal
  /// digits follow stands for itself.
  static func decodeForm(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var decoded = [UInt8]()
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
        let high = hexadecimal(bytes[index + 1]), let low = hexadecimal(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        index += 1
      }
    }
    return decoded
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

/// One name and value of a query or of an `application/x-www-form-urlencoded` body.
public struct FormParameter: Sendable, Equatable {
  // Bytes: what a query decodes to need not be UTF-8, and a signature must cover it all the same.
  let name: [UInt8]
  let value: [UInt8]

  init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }

  /// A parameter in plain, not yet encoded text.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }

  /// The parameters in the encoded `text`, in their order. `a`, `a=` and `a=&` are all `a` with an
  /// empty value; `+` is a space.
  static func parse(_ text: String) -> [FormParameter] {
    Array(text.utf8).split(separator: UInt8(ascii: "&")).map { part in
      let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      return FormParameter(
        name: PercentEncoding.decodeForm(part[..<equals]),
        value: PercentEncoding.decodeForm(part[equals...].dropFirst()))
    }
  }

  /// `parameters` as a query or a body.
  static func encode(_ parameters: [FormParameter]) -> String {
    parameters.map { "\($0.encodedName)=\($0.encodedValue)" }.joined(separator: "&")
  }

  var encodedName: String { PercentEncoding.encode(name) }
  var encodedValue: String { PercentEncoding.encode(value) }
}

extension FormParameter: CustomStringConvertible, CustomReflectable {
  /// The name alone: the value may be a secret.
  public var description: String { "\(String(decoding: name, as: UTF8.self))=\(Secret.mask)" }

  /// Nothing to see: the value may be a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
