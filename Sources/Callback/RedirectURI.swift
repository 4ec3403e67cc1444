/// Where X sends the browser back to: the redirect URI in its parts (RFC 6749 §3.1.2, RFC 8252 §7).
///
/// X compares redirect URIs byte by byte, so the same spelling, `uri`, is registered, sent and
/// listened for.
public struct RedirectURI: Sendable, Equatable {
  /// The schemes of a redirect URI.
  public enum Scheme: String, Sendable {
    /// Plain HTTP: for loopback only (RFC 8252 §8.3).
    case http
    /// HTTP over TLS.
    case https

    var defaultPort: Int { self == .http ? 80 : 443 }
  }

  /// http or https.
  public let scheme: Scheme
  /// The host in its canonical spelling, an IPv6 address without brackets.
  public let host: String
  /// 1 to 65535; or 0 for a port that the system picks when the listener binds.
  public let port: Int
  /// The path with its leading `/`, exactly as a browser sends it.
  public let path: String

  private let parsedHost: Host

  /// Checks the parts.
  ///
  /// - Precondition: `port` is 0 to 65535.
  /// - Throws: which of the other parts is wrong, and why.
  public init(scheme: Scheme, host: String, port: Int, path: String) throws(RedirectURIFailure) {
    guard let parsedHost = Host(host) else { throw .malformedHost(host) }
    precondition((0...65535).contains(port))
    guard Self.survivesBrowsers(path) else { throw .malformedPath(path) }
    guard scheme == .https || parsedHost.isLoopback else { throw .needsHTTPS(host: host) }
    self.init(scheme, parsedHost, port, path)
  }

  private init(_ scheme: Scheme, _ host: Host, _ port: Int, _ path: String) {
    self.scheme = scheme
    self.host = host.text
    self.port = port
    self.path = path
    parsedHost = host
  }

  /// The redirect URI. The scheme's default port is left out (RFC 3986 §6.2.3).
  public var uri: String { "\(scheme.rawValue)://\(authority)\(path)" }

  /// Host and port as in `uri` (RFC 3986 §3.2).
  public var authority: String {
    parsedHost.inURL + (port == scheme.defaultPort ? "" : ":\(port)")
  }

  /// Whether `host` is 127/8, ::1 (with or without brackets) or `localhost`, strictly parsed.
  public static func isLoopback(_ host: String) -> Bool { Host(host)?.isLoopback ?? false }

  /// The same URI at `port`.
  func at(port: Int) -> RedirectURI { RedirectURI(scheme, parsedHost, port, path) }

  /// Another path at the same host and port. It must be one that browsers leave unchanged.
  func at(path: String) -> RedirectURI { RedirectURI(scheme, parsedHost, port, path) }

  /// Whether `authority`, the value of a `Host` field, names this URI's host and port. Otherwise the
  /// request was meant for another server, or a foreign name was pointed at this machine (DNS
  /// rebinding).
  func isNamed(by authority: String) -> Bool {
    let authority = authority.lowercasedASCII
    return authority == "\(parsedHost.inURL):\(port)"
      || port == scheme.defaultPort && authority == parsedHost.inURL
  }

  /// Whether browsers leave `path` unchanged: they resolve dot segments, even escaped ones, and
  /// escape what isn't a `pchar` (RFC 3986 §3.3, WHATWG URL §4.4).
  private static func survivesBrowsers(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    guard bytes.first == UInt8(ascii: "/"), bytes.dropFirst().first != UInt8(ascii: "/"),
      bytes.count <= 1024
    else { return false }
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "%") {
        let digits = bytes.dropFirst(index + 1).prefix(2)
        guard digits.count == 2, digits.allSatisfy({ $0.hexadecimalValue != nil }) else {
          return false
        }
      } else if !(byte.isLetter || byte.isDigit || "-._~!$&'()*+,;=:@/".utf8.contains(byte)) {
        return false
      }
    }
    let segments = bytes.split(separator: UInt8(ascii: "/"))
    return !segments.contains { [".", ".."].contains(FormQuery.decode($0, plusIsSpace: false)) }
  }
}

/// Why a redirect URI was refused.
public enum RedirectURIFailure: Error, Sendable, Equatable {
  /// Neither a DNS name nor an address in its ordinary spelling.
  case malformedHost(String)
  /// The path doesn't begin with exactly one `/`, or browsers would change it.
  case malformedPath(String)
  /// Plain HTTP to a host that isn't loopback would show the code to the network (RFC 8252 §8.3).
  case needsHTTPS(host: String)
}
