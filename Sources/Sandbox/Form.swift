/// The fields of `application/x-www-form-urlencoded`, in a query or in a body. Not shared with xauth,
/// whose own encoding it checks.
struct Form {
  private let fields: [(name: String, value: String)]

  /// Reads `bytes`; an invalid escape is kept as it is.
  init(_ bytes: some Sequence<UInt8>) {
    fields = Array(bytes).split(separator: UInt8(ascii: "&")).map { field in
      let equals = field.firstIndex(of: UInt8(ascii: "=")) ?? field.endIndex
      return (Self.decode(field[..<equals]), Self.decode(field[equals...].dropFirst()))
    }
  }

  /// The value of `name`, nil when it is absent. A field without a value counts as absent, and one
  /// that comes twice is refused (RFC 6749 §3.1 and §3.2).
  func value(_ name: String) throws(Refusal) -> String? {
    let values = fields.filter { $0.name.isByteForByte(name) }.map(\.value)
    guard values.count <= 1 else { throw .repeatedParameter(name) }
    return values.first.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The value of `name`, which is required.
  func required(_ name: String) throws(Refusal) -> String {
    guard let value = try value(name) else { throw .missingParameter(name) }
    return value
  }

  /// Undoes `+` and percent-encoding.
  static func decode(_ bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = nibble(bytes[index + 1]), let low = nibble(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  /// `text` with all but the unreserved characters of RFC 3986 §2.3 percent-encoded.
  static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      if byte.isUnreserved {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension String {
  /// Whether both have the same bytes. With `==`, canonically equivalent characters are equal (the
  /// Kelvin sign and K); identifiers and redirect URIs are compared exactly.
  func isByteForByte(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension UInt8 {
  /// Whether this is an unreserved character (RFC 3986 §2.3), as PKCE values consist of (RFC 7636
  /// §4.1).
  var isUnreserved: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
