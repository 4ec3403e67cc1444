/// One whole HTTP/1.1 response. Every connection gets one and is closed.
struct Response {
  private static let html = "text/html; charset=utf-8"

  let status: Int
  private let contentType: String
  private let body: [UInt8]
  private var location: String?
  private var cookie: String?
  private var isToHead = false

  private init(status: Int, contentType: String, body: [UInt8], location: String? = nil) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.location = location
  }

  /// An HTML page.
  init(_ page: Page) {
    self.init(status: page.status, contentType: Self.html, body: page.html)
  }

  /// The same page with a redirect to `location`, where the browser asks for it again: the address
  /// of this request then leaves the address bar and the browser's history (RFC 9110 §15.4.4).
  init(_ page: Page, at location: String) {
    self.init(status: 303, contentType: Self.html, body: page.html, location: location)
  }

  /// From the start address on to the authorization server, with the cookie by which the browser is
  /// known again.
  init(startingAt start: StartAddress) {
    self.init(status: 302, text: "On to X.")
    location = start.destination
    cookie = start.setCookie
  }

  /// An empty answer: a status and no content.
  init(empty status: Int) {
    self.init(status: status, contentType: "text/plain; charset=utf-8", body: [])
  }

  /// A line of text, for requests that don't come from the browser of a login.
  init(status: Int, text: String) {
    self.init(
      status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
  }

  /// The answer to a request that isn't the callback. It repeats nothing of the request.
  init(refusing refusal: CallbackDecision.Refusal) {
    let status = refusal.status
    switch refusal {
    case .notThisLogin:
      self.init(.notThisLogin)
    case .methodNotAllowed:
      self.init(status: status, text: "Only GET and HEAD are answered here.")
    case .malformedHost:
      self.init(status: status, text: "The request needs exactly one Host field.")
    case .foreignHost:
      self.init(
        status: status,
        text: "This isn't the host that the login waits for. Open the address exactly as it is "
          + "registered; a proxy in between must forward the Host header unchanged.")
    case .otherPath:
      self.init(status: status, text: "There is nothing at this address.")
    case .malformedResponse:
      self.init(status: status, text: "There is neither one code nor one error in this address.")
    }
  }

  /// The answer to bytes that aren't a request.
  init(malformed status: Int) {
    switch status {
    case 431: self.init(status: status, text: "The request is too large.")
    case 505: self.init(status: status, text: "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    default: self.init(status: status, text: "This isn't an HTTP request.")
    }
  }

  /// The answer to a plain request where TLS is expected.
  static let speaksHTTPS = Response(
    status: 400, text: "This address speaks https: open it with https:// instead of http://.")

  /// The same answer to a HEAD request: its fields without its content (RFC 9110 §9.3.2).
  var toHead: Response {
    var response = self
    response.isToHead = true
    return response
  }

  /// The bytes on the wire.
  var bytes: [UInt8] {
    // RFC 9110 §8.6: with a 204 there is no length to tell.
    let content =
      status == 204 ? [] : ["Content-Type: \(contentType)", "Content-Length: \(body.count)"]
    var fields =
      content + [
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
        "Content-Security-Policy: \(Page.contentSecurityPolicy)",
        "Cross-Origin-Opener-Policy: same-origin",
        "Connection: close",
      ]
    if let location { fields.append("Location: \(location)") }
    if let cookie { fields.append("Set-Cookie: \(cookie)") }
    // RFC 9110 §15.5.6 requires it.
    if status == 405 { fields.append("Allow: GET, HEAD") }
    let head = ["HTTP/1.1 \(status) \(StatusCode.phrase(status))"] + fields + ["", ""]
    return Array(head.joined(separator: "\r\n").utf8) + (isToHead ? [] : body)
  }
}

/// The status codes that this program knows by name.
public enum StatusCode {
  /// The reason phrase (RFC 9110 §15). An empty one is valid, and clients must not depend on it
  /// (RFC 9112 §4).
  public static func phrase(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 206: "Partial Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 413: "Content Too Large"
    case 416: "Range Not Satisfiable"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
  }
}
