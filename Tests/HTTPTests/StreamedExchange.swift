import HTTP

/// The other side of a streamed request, which sends what it is given and keeps what comes.
final class StreamedExchange: HTTPExchange {
  private var rest: ArraySlice<UInt8>
  private(set) var begins = 0
  private(set) var status: Int?
  private(set) var headers: [(name: String, value: String)] = []
  private(set) var taken: [UInt8] = []
  /// What a read does once the body is at its end: nothing, or what the test wants.
  var more: (UnsafeMutableRawBufferPointer) -> Int? = { _ in 0 }
  var onBegin: () -> Bool = { true }
  var onTake: () -> Bool = { true }
  var wanted: () -> Bool = { true }

  init(_ body: [UInt8] = []) { rest = body[...] }

  convenience init(_ body: String) { self.init(Array(body.utf8)) }

  var text: String { String(decoding: taken, as: UTF8.self) }
  var isWanted: Bool { wanted() }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard !rest.isEmpty else { return more(buffer) }
    let piece = rest.prefix(buffer.count)
    buffer.copyBytes(from: piece)
    rest = rest.dropFirst(piece.count)
    return piece.count
  }

  func begin(status: Int, headers: [(name: String, value: String)]) -> Bool {
    begins += 1
    (self.status, self.headers) = (status, headers)
    return onBegin()
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    taken += bytes
    return onTake()
  }
}

/// A streamed request without a field.
func streamed(
  _ method: String, _ url: String, _ body: StreamedRequest.Body = .none,
  headers: [(name: String, value: String)] = []
) -> StreamedRequest {
  StreamedRequest(method: method, url: url, headers: headers, body: body)
}

extension HTTPConnection {
  /// Sends within the limits of a test. The failure, or nil.
  func failure(
    of request: StreamedRequest, _ exchange: StreamedExchange, headTimeout: Double = 10,
    idleTimeout: Double? = 10, connectTimeout: Double = 6
  ) -> HTTPFailure? {
    do throws(HTTPFailure) {
      try send(
        request, exchange, headTimeout: headTimeout, idleTimeout: idleTimeout,
        connectTimeout: connectTimeout)
      return nil
    } catch {
      return error
    }
  }

  /// Sends `request` within the limits of a test, and what comes of it.
  func answer(to request: StreamedRequest, _ body: String = "") throws -> StreamedExchange {
    let exchange = StreamedExchange(body)
    try send(request, exchange, headTimeout: 10, idleTimeout: 10)
    return exchange
  }
}
