/// The host of a URL in canonical spelling.
enum Host: Equatable {
  /// Four numbers with dots, without leading zeros.
  case ipv4(String)
  /// As RFC 5952 spells it, without brackets.
  case ipv6(String)
  /// A DNS name in lower case.
  case name(String)

  /// Reads `text` strictly; nil when no browser would accept it as a host, and when programs
  /// disagree on which host it is: `127.1`, `0x7f.1` and `127.0.0.01` are addresses to some and names
  /// to others.
  init?(_ text: String) {
    var text = text.lowercasedASCII
    let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
    if isBracketed { text = String(text.dropFirst().dropLast()) }
    if let canonical = Self.canonicalIPv6(text) {
      self = .ipv6(canonical)
    } else if isBracketed {
      return nil
    } else if Self.octets(text) != nil {
      self = .ipv4(text)
    } else if Self.isName(text) {
      self = .name(text)
    } else {
      return nil
    }
  }

  /// The canonical text, without brackets.
  var text: String {
    switch self {
    case .ipv4(let text), .ipv6(let text), .name(let text): text
    }
  }

  /// As URLs spell it: IPv6 in brackets (RFC 3986 §3.2.2).
  var inURL: String {
    if case .ipv6(let text) = self { return "[\(text)]" }
    return text
  }

  /// 127/8, ::1, and `localhost` (RFC 8252 §7.3, §8.3). Not an IPv4-mapped IPv6 address, nor any
  /// other name, whatever it resolves to: not even names under `localhost`, which RFC 6761 §6.3
  /// reserves for loopback, because some resolvers query a server for them all the same. Loopback
  /// hosts may do without TLS.
  var isLoopback: Bool {
    switch self {
    case .ipv4(let text): text.hasPrefix("127.")
    case .ipv6(let text): text == "::1"
    case .name(let text): text == "localhost"
    }
  }

  /// The four numbers of a dotted quad without leading zeros.
  private static func octets(_ text: String) -> [UInt8]? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var octets: [UInt8] = []
    for part in parts {
      guard !part.isEmpty, part.count <= 3, part.allSatisfy(\.isDigit),
        part.count == 1 || part.first != UInt8(ascii: "0"),
        let octet = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      octets.append(octet)
    }
    return octets
  }

  private static func canonicalIPv6(_ text: String) -> String? {
    text.contains(":") ? SocketAddress(host: text, port: 0)?.host : nil
  }

  /// RFC 1123 §2.1, plus the underscore that real networks use. A last label that is a number would
  /// make it an address (WHATWG URL §3.5, "ends in a number").
  private static func isName(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let fits = labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
        && label.last != UInt8(ascii: "-")
        && label.allSatisfy {
          $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }
    guard fits, text.utf8.count <= 253, let last = labels.last else { return false }
    let isHexadecimal = last.starts(with: "0x".utf8)
    return !isHexadecimal && !last.allSatisfy(\.isDigit)
  }
}
