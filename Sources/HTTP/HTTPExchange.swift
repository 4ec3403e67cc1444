/// A request whose body is sent, and whose answer is taken, piece by piece: it may be of any length, and
/// an answer may last for hours.
public struct StreamedRequest: Sendable {
  /// What is sent after the head.
  public enum Body: Sendable, Equatable {
    /// Nothing, and no word about it.
    case none
    /// So many bytes.
    case sized(Int)
    /// As many as there are (`Transfer-Encoding: chunked`).
    case unsized
  }

  /// The method, a token (RFC 9110 §9.1). `HEAD` is sent, and answered, without a body.
  public let method: String
  /// The absolute URL, whose path is sent as it stands here.
  public let url: String
  /// The header fields, in the order in which they are sent.
  public let headers: [(name: String, value: String)]
  /// What is sent after the head.
  public let body: Body

  /// A request from its parts.
  public init(method: String, url: String, headers: [(name: String, value: String)], body: Body) {
    (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
  }
}

/// The other side of a streamed request: where its body comes from, and where its answer goes. All of it
/// is called on the thread that sends.
public protocol HTTPExchange: AnyObject {
  /// Waits until `read` has more to give, or until the descriptor `server` can be read, which may hold
  /// an answer; false if that is first.
  func awaitBody(or server: Int32) -> Bool
  /// Fills `buffer` with the next bytes of the body; how many, 0 at its end, nil to give up.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int?
  /// The answer's final head has come, its fields as they came and in their order; false to give up.
  func begin(status: Int, headers: [(name: String, value: String)]) -> Bool
  /// Takes a piece of the answer's body; false to give up.
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool
  /// Whether anybody still waits for it. Asked at least once a second while nothing happens; before there
  /// is a connection, not by every libcurl.
  var isWanted: Bool { get }
}

extension HTTPExchange {
  /// A body that is there need not be waited for.
  public func awaitBody(or server: Int32) -> Bool { true }
}
