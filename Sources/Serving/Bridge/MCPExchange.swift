import HTTP

/// One request to the server, and its answer: a stream's messages as they come, anything else whole.
final class MCPExchange: HTTPExchange {
  /// The largest message taken from a server, in bytes.
  static let limit = 64 << 20
  /// Of an error's body more isn't looked at.
  private static let errorLimit = 64 << 10

  let body: [UInt8]
  private let message: ([UInt8], MCPExchange) -> Void
  private let wanted: () -> Bool
  private var sentCount = 0
  /// Those among which it counts as soon as it is one.
  private let largeAnswers: LargeAnswers
  private var isLarge = false

  /// The status; 0 before there is any.
  private(set) var status = 0
  /// The header fields, by their names in lower case; of a repeated one the last.
  private(set) var headers: [String: String] = [:]
  /// The body, unless it is a stream.
  private(set) var content: [UInt8] = []
  /// What is read of a stream.
  private(set) var events: EventStream
  /// Whether the answer was more than is taken.
  private(set) var isTooLong = false

  /// `message` takes the data of each event of a stream; while `wanted` says so, the answer is waited for.
  init(
    body: [UInt8] = [], resuming events: EventStream? = nil, among largeAnswers: LargeAnswers,
    wanted: @escaping () -> Bool, message: @escaping ([UInt8], MCPExchange) -> Void
  ) {
    (self.body, self.wanted, self.message) = (body, wanted, message)
    self.largeAnswers = largeAnswers
    self.events = EventStream(
      limit: Self.limit, resuming: events?.lastID, retry: events?.retry)
  }

  // An answer that isn't a stream is passed on after the transfer.
  deinit { leave() }

  var isSuccess: Bool { (200..<300).contains(status) }

  /// Whether the answer is a stream of events.
  var isStream: Bool { isSuccess && mediaType == "text/event-stream" }

  /// The type of the answer's body, without parameters.
  var mediaType: String {
    let value = headers["content-type"] ?? ""
    return value.prefix { $0 != ";" && $0 != " " }.lowercased()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let piece = body[sentCount...].prefix(buffer.count)
    buffer.copyBytes(from: piece)
    sentCount += piece.count
    return piece.count
  }

  func begin(status: Int, headers: [(name: String, value: String)]) -> Bool {
    self.status = status
    for (name, value) in headers { self.headers[name.lowercased()] = value }
    return true
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let size = bytes.count + (isStream ? events.pendingCount : content.count)
    if size > LargeAnswers.threshold, !isLarge {
      isLarge = largeAnswers.enter(while: wanted)
      guard isLarge else { return false }
    }
    if isStream {
      for message in events.take(bytes) { self.message(message, self) }
      if events.pendingCount <= LargeAnswers.threshold { leave() }
      isTooLong = events.isTooLong
    } else if isSuccess {
      isTooLong = content.count + bytes.count > Self.limit
      if !isTooLong { content += bytes }
    } else {
      content += bytes.prefix(Self.errorLimit - content.count)
    }
    return !isTooLong
  }

  /// The transfer is over: what it brought of an event will never be one.
  func endTransfer() {
    guard isStream else { return }
    events.dropPending()
    leave()
  }

  var isWanted: Bool { wanted() }

  private func leave() {
    if isLarge { largeAnswers.leave() }
    isLarge = false
  }
}
