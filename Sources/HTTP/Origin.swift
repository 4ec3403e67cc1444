/// Scheme and host of an absolute URL (RFC 3986 §3), read strictly.
///
/// libcurl and this program must not differ about where a request goes. So everything that URL
/// parsers are known to disagree on is refused here, before libcurl sees it: userinfo,
/// backslashes, blanks and controls, percent signs in the host, anything beyond ASCII.
struct Origin: Equatable {
  /// Whether the scheme is `https`.
  let isSecure: Bool
  /// The host in lower case, an IPv6 address without its brackets.
  let host: String

  init?(url: String) {
    let text = url.utf8
    guard text.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
      let colon = text.firstIndex(of: UInt8(ascii: ":")),
      text[colon...].starts(with: "://".utf8)
    else { return nil }

    switch url[..<colon].lowercased() {
    case "https": isSecure = true
    case "http": isSecure = false
    default: return nil
    }

    let rest = url[colon...].dropFirst(3)
    let authority = rest.prefix { !"/?#".contains($0) }
    guard let host = Self.host(of: authority) else { return nil }
    self.host = host.lowercased()
  }

  /// `localhost` and what is under it (RFC 6761 §6.3), 127.0.0.0/8, ::1.
  ///
  /// The names under it count, though some resolvers ask a server for them: all that follows is
  /// that no proxy hears of the request. Where plain HTTP is allowed they don't (RFC 8252 §8.3).
  var isLoopback: Bool {
    host == "localhost" || host.hasSuffix(".localhost") || IPAddress(host)?.isLoopback == true
  }

  /// The host of `host [":" port]`, nil when either is malformed.
  private static func host(of authority: Substring) -> Substring? {
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]"),
        isPort(authority[authority.index(after: end)...])
      else { return nil }
      let host = authority[..<end].dropFirst()
      return IPAddress(host)?.bytes.count == 16 ? host : nil
    }
    let host = authority.prefix { $0 != ":" }
    guard !host.isEmpty, host.utf8.allSatisfy(isNameByte), isPort(authority[host.endIndex...])
    else { return nil }
    return host
  }

  /// Letters, digits, hyphens and dots make host names; underscores occur in private ones.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Nothing, or a colon and a port number.
  private static func isPort(_ text: Substring) -> Bool {
    guard let colon = text.first else { return true }
    let digits = text.dropFirst()
    guard colon == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(digits)
    else { return false }
    return port > 0
  }
}
