/// One whole HTTP/1.1 answer. Every connection gets one and is closed.
struct Response {
  let status: Int
  private let contentType: String
  private let body: [UInt8]
  private let location: String?
  private let isToHead: Bool

  /// An HTML page.
  init(_ page: Page) {
    self.init(
      status: page.status, contentType: Self.html, body: page.html)
  }

  /// The same page, to be asked for at `location`: the address that this answers leaves the address
  /// bar, and the browser's history (RFC 9110 §15.4.4).
  init(_ page: Page, at location: String) {
    self.init(status: 303, contentType: Self.html, body: page.html, location: location)
  }

  private static let html = "text/html; charset=utf-8"

  /// A line of text, for clients that no page of ours is meant for.
  init(status: Int, text: String) {
    self.init(
      status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
  }

  private init(
    status: Int, contentType: String, body: [UInt8], location: String? = nil, isToHead: Bool = false
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.location = location
    self.isToHead = isToHead
  }

  /// The same answer to a HEAD request: its fields without its content (RFC 9110 §9.3.2).
  var toHead: Response {
    Response(
      status: status, contentType: contentType, body: body, location: location, isToHead: true)
  }

  /// The bytes on the wire.
  var bytes: [UInt8] {
    var fields = [
      "Content-Type: \(contentType)",
      "Content-Length: \(body.count)",
      "Cache-Control: no-store",
      "Referrer-Policy: no-referrer",
      "X-Content-Type-Options: nosniff",
      "Content-Security-Policy: \(Page.contentSecurityPolicy)",
      "Cross-Origin-Opener-Policy: same-origin",
      "Connection: close",
    ]
    if let location { fields.append("Location: \(location)") }
    // RFC 9110 §15.5.6 requires it.
    if status == 405 { fields.append("Allow: GET, HEAD") }
    let head = ["HTTP/1.1 \(status) \(Self.reason(status))"] + fields + ["", ""]
    return Array(head.joined(separator: "\r\n").utf8) + (isToHead ? [] : body)
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 303: "See Other"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 410: "Gone"
    case 421: "Misdirected Request"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    // A client must not depend on the reason phrase (RFC 9112 §4): an empty one is right as well.
    default: ""
    }
  }
}
