/// One HTTP request: what is sent is this, `Host`, `Content-Length`, and `Connection: close`.
///
/// Its header fields and body carry credentials, so that no description of it shows them.
public struct HTTPRequest: Sendable {
  /// The request methods that OAuth 2.0 and the "who am I" call need (RFC 9110 §9.3).
  public enum Method: String, Sendable {
    /// Sent without a body.
    case get = "GET"
    /// Sent with the request's body, be it empty.
    case post = "POST"
  }

  /// The method.
  public let method: Method
  /// The absolute URL: `http` or `https`, no userinfo.
  public let url: String
  /// The header fields in the order they are sent, each name and value as given.
  public let headers: [(name: String, value: String)]
  /// The body of a POST; a GET is sent without it.
  public let body: [UInt8]?

  /// A request from its parts.
  public init(
    method: Method, url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
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
