extension String {
  /// Whether both are the same bytes. `==` would take canonically equivalent characters for equal
  /// (the Kelvin sign for a K); identifiers and redirect URIs are compared exactly.
  func isByteForByte(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension UInt8 {
  /// Whether this is an unreserved character (RFC 3986 §2.3), of which PKCE values are made
  /// (RFC 7636 §4.1).
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
