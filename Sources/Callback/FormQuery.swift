/// A query in `application/x-www-form-urlencoded` (RFC 6749 appendix B, WHATWG URL §5.1).
public struct FormQuery: Sendable, Equatable, WithoutSecrets {
  private let names: [String]
  private let values: [String]

  /// Reads `query`, the text after the `?`.
  public init(_ query: String) {
    let pairs = Self.parse(query)
    names = pairs.map(\.name)
    values = pairs.map(\.value)
  }

  /// The names and values of `query`, decoded, in order, repeated names included.
  ///
  /// Total: a `%` that isn't followed by two hexadecimal digits is kept, and bytes that aren't UTF-8
  /// become U+FFFD, so neither can turn into an expected value.
  public static func parse(_ query: String) -> [(name: String, value: String)] {
    query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
      let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      return (decode(pair[..<equals]), decode(pair[equals...].dropFirst()))
    }
  }

  /// How often a parameter came, and its value.
  enum Occurrence: Equatable {
    case absent
    case once(String)
    case repeated
  }

  /// The parameter called `name`. By RFC 6749 §3.1, one without a value counts as absent, and none
  /// may come more than once.
  func occurrence(of name: String) -> Occurrence {
    let found = names.indices.filter { names[$0] == name }
    guard found.count < 2 else { return .repeated }
    guard let index = found.first, !values[index].isEmpty else { return .absent }
    return .once(values[index])
  }

  /// Whether any parameter has one of the names in `wanted`.
  func mentions(_ wanted: String...) -> Bool { names.contains { wanted.contains($0) } }

  /// Undoes percent-encoding, and reads a plus as a space unless told otherwise.
  static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = true) -> String {
    let bytes = Array(text)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = bytes[index + 1].hexadecimalValue, let low = bytes[index + 2].hexadecimalValue
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        let isSpace = plusIsSpace && bytes[index] == UInt8(ascii: "+")
        decoded.append(isSpace ? 0x20 : bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}
