import Callback
import FoundationEssentials

/// One HTTP response, and its event for the log.
struct Response: Sendable {
  /// The status code.
  var status: Int
  /// The header fields, without those of the connection and the length.
  var headers: [HeaderField]
  /// The content.
  var body: [UInt8]
  /// What the log says of the request.
  var event = Event(time: 0, route: "other")

  init(status: Int, headers: [HeaderField], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The value of the first header field called `name`, spelled as the sandbox spells it.
  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// The bytes that go out; `withBody: false` answers a HEAD (RFC 9110 §9.3.2).
  func serialized(withBody: Bool = true) -> [UInt8] {
    var head = "HTTP/1.1 \(status) \(StatusCode.phrase(status))\r\n"
    for header in headers { head += "\(header.name): \(header.value)\r\n" }
    head += "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    return Array(head.utf8) + (withBody ? body : [])
  }

  /// An answer in JSON that no cache keeps (RFC 6749 §5.1).
  static func json(_ value: some Encodable, status: Int = 200) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings, numbers and lists of them always encode.
    let body = (try? encoder.encode(value)).map(Array.init) ?? []
    return Response(
      status: status,
      headers: [
        HeaderField("Content-Type", "application/json; charset=utf-8"),
        HeaderField("Cache-Control", "no-store"), HeaderField("Pragma", "no-cache"),
      ], body: body)
  }

  /// A problem in the form of X's API (RFC 9457).
  static func problem(_ status: Int) -> Response {
    struct Body: Encodable {
      let title: String
      let detail: String
      let type = "about:blank"
      let status: Int
    }
    let title = StatusCode.phrase(status)
    return json(Body(title: title, detail: title, status: status), status: status)
  }

  /// A redirect to `uri` with `parameters` added (RFC 6749 §4.1.2). A POST is answered with 303, so
  /// that the browser follows with a GET.
  static func redirect(
    to uri: String, _ parameters: KeyValuePairs<String, String>, after method: String
  ) -> Response {
    var location = uri
    for (name, value) in parameters {
      location += (location.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")
      location += "\(name)=\(Form.encode(value))"
    }
    return Response(
      status: method == "POST" ? 303 : 302,
      headers: [
        HeaderField("Location", location), HeaderField("Cache-Control", "no-store"),
        HeaderField("Referrer-Policy", "no-referrer"),
      ], body: [])
  }
}
