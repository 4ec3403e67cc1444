import Callback

/// One HTTP request, read whole.
struct Request: Sendable, Equatable {
  /// The method, as sent: methods are case-sensitive (RFC 9110 §9.1).
  let method: String
  /// The target up to its `?`, still percent-encoded.
  let path: String
  /// What follows the target's first `?`; empty when there is none.
  let query: String
  /// The header fields, in the order they came.
  let headers: [HeaderField]
  /// The content.
  let body: [UInt8]

  /// A request; `target` is in origin form (RFC 9112 §3.2.1).
  init(method: String, target: String, headers: [HeaderField] = [], body: [UInt8] = []) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.method = method
    self.path = parts.first.map(String.init) ?? ""
    self.query = parts.count > 1 ? String(parts[1]) : ""
    self.headers = headers
    self.body = body
  }

  /// The values of every header field called `name`, without regard to case.
  func values(of name: String) -> [String] { headers.values(of: name) }
}

/// Query, Authorization header and content hold codes and tokens, so they don't print.
extension Request: CustomStringConvertible, CustomReflectable {
  /// The method and the path.
  var description: String { "\(method) \(path)" }
  /// The method and the path.
  var customMirror: Mirror { Mirror(self, children: ["method": method, "path": path]) }
}

/// Assembles one HTTP/1.1 request from the pieces a connection delivers.
///
/// Pure: bytes in, a request or a refusal out. The head is read by the parser of xauth's callback; the
/// content is read here, because a callback has none.
struct RequestReader: Sendable {
  /// The longest head accepted, in bytes: request line and header fields.
  static let headLimit = 16 * 1024
  /// The longest content accepted, in bytes.
  static let bodyLimit = 64 * 1024

  /// What is known after another piece.
  enum Progress: Sendable, Equatable {
    /// The request isn't whole yet.
    case incomplete
    /// The request is whole.
    case complete(Request)
    /// This can't become a request: the status code to answer with.
    case refused(Int)
  }

  private var received: [UInt8] = []
  private var head: RequestHead?

  /// A reader that has seen nothing.
  init() {}

  /// Adds the next piece.
  mutating func append(_ piece: some Collection<UInt8>) -> Progress {
    // Parse only when a line may have ended, or each byte of a slow peer would parse everything again.
    let isWorthParsing = head == nil && (received.isEmpty || piece.contains(0x0A))
    received += piece
    if isWorthParsing {
      switch RequestHead.parse(Array(received.prefix(Self.headLimit))) {
      case .incomplete: break
      case .malformed(let status): return .refused(status)
      case .head(let parsed): head = parsed
      }
    }
    guard let head else { return received.count > Self.headLimit ? .refused(431) : .incomplete }
    guard head.values(of: "Transfer-Encoding").isEmpty else { return .refused(501) }
    guard head.target.hasPrefix("/"), let length = Self.contentLength(head) else {
      return .refused(400)
    }
    guard length <= Self.bodyLimit else { return .refused(413) }
    guard received.count >= head.byteCount + length else { return .incomplete }
    return .complete(
      Request(
        method: head.method, target: head.target,
        headers: head.headers, body: Array(received[head.byteCount...].prefix(length))))
  }

  /// The length of the content in bytes (RFC 9112 §6.2); nil when the fields contradict each other or
  /// hold no number.
  private static func contentLength(_ head: RequestHead) -> Int? {
    let lengths = head.values(of: "Content-Length")
    guard let first = lengths.first else { return 0 }
    guard !first.isEmpty, first.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      lengths.allSatisfy({ $0 == first })
    else { return nil }
    // Digits that don't fit into an Int are a length beyond every limit.
    return Int(first) ?? .max
  }
}
