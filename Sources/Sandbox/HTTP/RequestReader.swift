/// Puts one HTTP/1.1 request together from the pieces a connection delivers.
///
/// Pure: bytes in, a request or a refusal out. The work is linear in the bytes that came.
struct RequestReader: Sendable {
  /// The longest head taken: request line and header fields.
  static let headLimit = 16 * 1024
  /// The longest content taken.
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
  private var scanned = 0
  private var head: RequestHead?

  /// A reader that has seen nothing.
  init() {}

  /// Takes the next piece.
  mutating func append(_ piece: some Sequence<UInt8>) -> Progress {
    received.append(contentsOf: piece)
    if head == nil {
      guard let end = endOfHead() else {
        return received.count > Self.headLimit ? .refused(431) : .incomplete
      }
      guard end <= Self.headLimit else { return .refused(431) }
      do throws(RequestHead.Malformed) {
        head = try RequestHead(received[..<end])
      } catch {
        return .refused(error.status)
      }
      received.removeFirst(end)
    }
    guard let head else { return .incomplete }
    guard head.contentLength <= Self.bodyLimit else { return .refused(413) }
    guard received.count >= head.contentLength else { return .incomplete }
    return .complete(
      Request(
        method: head.method, target: head.target, headers: head.headers,
        body: Array(received.prefix(head.contentLength))))
  }

  /// The index after the empty line that ends the head, nil when it hasn't come.
  private mutating func endOfHead() -> Int? {
    let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
    while scanned + end.count <= received.count {
      if received[scanned..<scanned + end.count].elementsEqual(end) { return scanned + end.count }
      scanned += 1
    }
    return nil
  }
}
