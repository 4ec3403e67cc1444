/// One HTTP request: what is sent is this, `Host`, `Content-Length`, and `Connection: close`.
///
/// Its header fields and body carry credentials, so that no description of it shows them.
public struct HTTPRequest: Sendable {
  /// The request methods that OAuth 2.0, the "who am I" call and stores need (RFC 9110 §9.3).
  public enum Method: String, Sendable {
    /// Sent without a body.
    case get = "GET"
    /// Sent with the request's body, be it empty.
    case post = "POST"
    /// The same.
    case put = "PUT"
  }

  /// The method.
  public let method: Method
  /// The absolute URL: `http` or `https`, no userinfo.
  public let url: String
  /// The header fields in the order they are sent, each name and value as given.
  public let headers: [(name: String, value: String)]
  /// The body; a GET is sent without it.
  public let body: [UInt8]?
  /// What this server's TLS needs beyond the client's authorities.
  public let tls: TLSFiles

  /// A request from its parts.
  public init(
    method: Method, url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, tls: TLSFiles = TLSFiles()
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.tls = tls
  }

  /// Whether `url` is one that a request can have.
  public static func canBeSent(to url: String) -> Bool { Origin(url: url) != nil }

  /// Whether nobody on the way can read what is sent to `url`: by https, or to this machine itself.
  /// Names under `localhost` are left out, as some resolvers ask a server for them (RFC 8252 §8.3).
  public static func isPrivate(_ url: String) -> Bool {
    guard let origin = Origin(url: url) else { return false }
    return origin.isSecure || origin.host == "localhost"
      || IPAddress(origin.host)?.isLoopback == true
  }
}

/// PEM files for one server that has an authority of its own, or asks clients for a certificate.
public struct TLSFiles: Sendable, Equatable {
  /// The only authorities that its certificate may come from; nil for the client's.
  public let authorities: String?
  /// The certificate to show it, with its chain; nil for none.
  public let certificate: String?
  /// The certificate's key, not encrypted; nil if it is in the same file.
  public let key: String?

  /// Files by their paths.
  public init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
    (self.authorities, self.certificate, self.key) = (authorities, certificate, key)
  }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The method and the host: query, header fields and body may hold secrets.
  public var description: String { "\(method.rawValue) \(Origin(url: url)?.host ?? "‹bad URL›")" }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// No children: a dump shows what `description` shows.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Header fields (RFC 9110 §5) in the form libcurl takes: `Name: value` sends a field,
/// `Name;` one with an empty value, and `Name:` suppresses one of libcurl's own.
struct FieldLines {
  /// The lines, each ended by a NUL.
  let text: String

  /// Lays out `fields` in their order. Throws the first that would break the message's framing:
  /// names must be tokens, values free of control characters (RFC 9110 §5.5, §5.6.2).
  ///
  /// `closing` says so where the connection is for one request: a client that knows it says it
  /// (RFC 9112 §9.6).
  init(_ fields: [(name: String, value: String)], closing: Bool) throws(MalformedField) {
    var text = ""
    for (name, value) in fields {
      guard Self.isToken(name), Self.isFieldValue(value) else { throw MalformedField(name: name) }
      let isBlank = value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
      text += isBlank ? "\(name);\0" : "\(name): \(value)\0"
    }
    let given = Set(fields.map { $0.name.lowercased() })
    for (name, line) in Self.replacements where !given.contains(name) { text += line + "\0" }
    if closing, !given.contains("connection") { text += "Connection: close\0" }
    self.text = text
  }

  /// What libcurl would send of its own accord, suppressed.
  private static let replacements = [
    ("accept", "Accept:"), ("content-type", "Content-Type:"), ("expect", "Expect:"),
  ]

  /// RFC 9110 §5.6.2.
  static func isToken(_ name: String) -> Bool {
    let delimiters = "\"(),/:;<=>?@[\\]{}".utf8
    return !name.isEmpty
      && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !delimiters.contains($0) }
  }

  private static func isFieldValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
  }
}

/// A header field that can't be sent.
struct MalformedField: Error {
  /// Its name as given, whatever it holds.
  let name: String
}
