import Callback
import HTTP

/// The requests of one connection, one after the other: what has come of the next one stays here.
final class RequestReader {
  /// What became of a wait for a head.
  enum Next {
    case head(RequestHead)
    /// What has come is no request, or took too long: answer so and close.
    case refused(ForwardingRule.Refusal)
    /// Nobody sends anything more.
    case ended
  }

  /// How long to wait, in seconds.
  struct Limits: Sendable {
    /// For a first byte.
    var idle = 60.0
    /// For a head, from its first byte on.
    var head = 10.0
    /// For the next bytes of a body.
    var body = 30.0
  }

  /// More than any client sends.
  private static let headLimit = 16 << 10

  private let socket: ClientSocket
  private let limits: Limits
  /// What has come and isn't used up yet.
  private var input: [UInt8] = []

  init(_ socket: ClientSocket, _ limits: Limits) { (self.socket, self.limits) = (socket, limits) }

  /// Whether anything has come that isn't used up.
  var hasInput: Bool { !input.isEmpty }

  /// Waits for the next head.
  func nextHead() -> Next {
    var deadline = input.isEmpty ? nil : Monotonic.now + limits.head
    var isWorthParsing = !input.isEmpty
    while true {
      if isWorthParsing {
        let start = Array(input.prefix(Self.headLimit))
        switch RequestHead.parse(start, allowsBareLF: false) {
        case .head(let head):
          input.removeFirst(head.byteCount)
          return .head(head)
        case .malformed(let status): return .refused(Self.refusal(status))
        case .incomplete where input.count >= Self.headLimit: return .refused(Self.refusal(431))
        case .incomplete: break
        }
      }
      let known = input.count
      switch fill(by: deadline ?? Monotonic.now + limits.idle) {
      case .bytes: break
      case .timedOut where known > 0: return .refused(Self.refusal(408))
      case .ended, .timedOut: return .ended
      }
      // Only the end of a line brings news: a head that comes byte by byte costs no more than another.
      isWorthParsing =
        known == 0 || input.count >= Self.headLimit || input[known...].contains(0x0A)
      deadline = deadline ?? Monotonic.now + limits.head
    }
  }

  private static func refusal(_ status: Int) -> ForwardingRule.Refusal {
    switch status {
    case 408: ForwardingRule.Refusal(status, "the head of the request took too long")
    case 431: ForwardingRule.Refusal(status, "the head of the request is too large")
    default: ForwardingRule.Refusal(status, "this is not a valid HTTP/1 request")
    }
  }

  /// Waits for the next bytes of a body, or for another descriptor to have some: whether the client
  /// was first; nil if nothing comes.
  func isFirst(before other: Int32) -> Bool? {
    input.isEmpty ? socket.isFirst(before: other, by: Monotonic.now + limits.body) : true
  }

  /// The next bytes of a body: those that have come already, or new ones.
  func take(into buffer: UnsafeMutableRawBufferPointer) -> ClientSocket.Received {
    guard !buffer.isEmpty else { return .bytes(0) }
    guard !input.isEmpty else {
      return socket.receive(into: buffer, by: Monotonic.now + limits.body)
    }
    let count = min(buffer.count, input.count)
    input.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count]))
    }
    input.removeFirst(count)
    return .bytes(count)
  }

  /// Decodes what has come of a body, or waits for it; nil when it is no body in chunks.
  func take(
    with decoder: inout ChunkedDecoder, into buffer: UnsafeMutableRawBufferPointer
  ) -> ClientSocket.Received? {
    var written = 0
    while written == 0, !decoder.isDone {
      if input.isEmpty {
        let received = fill(by: Monotonic.now + limits.body)
        guard case .bytes = received else { return received }
      }
      guard let step = input.withUnsafeBytes({ decoder.decode($0, into: buffer) }) else {
        return nil
      }
      input.removeFirst(step.read)
      written = step.written
    }
    return .bytes(written)
  }

  private func fill(by deadline: Double) -> ClientSocket.Received {
    withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { buffer in
      let received = socket.receive(into: buffer, by: deadline)
      if case .bytes(let count) = received { input += buffer[..<count] }
      return received
    }
  }
}

/// The body of one request, as it comes, with a copy of its beginning for a second try.
final class RequestBody {
  /// Why there is no more of it.
  enum Failure {
    case stalled
    case malformed
    case clientGone
  }

  /// Bytes of a body that are kept for a second try.
  static let copyLimit = 64 << 10

  private enum Source {
    case none
    case sized(remaining: Int)
    case chunked(ChunkedDecoder)
  }

  private let reader: RequestReader
  private var source: Source
  /// What was read so far; nil once it is more than is kept.
  private var copy: [UInt8]? = []
  /// To be called before the first wait for the client.
  private var invite: (() -> Bool)?
  /// Why there is no more of it, where that isn't its end.
  private(set) var failure: Failure?

  /// A body of this kind. A client that waits to be told to send it gets `invite`.
  init(_ kind: StreamedRequest.Body, from reader: RequestReader, invite: (() -> Bool)?) {
    self.reader = reader
    self.invite = invite
    source =
      switch kind {
      case .none: .none
      case .sized(let count): .sized(remaining: count)
      case .unsized: .chunked(ChunkedDecoder())
      }
  }

  /// Whether all of it was read.
  var isWhole: Bool {
    switch source {
    case .none: true
    case .sized(let remaining): remaining == 0
    case .chunked(let decoder): decoder.isDone
    }
  }

  /// All of it, if it was read and is small.
  var wholeCopy: [UInt8]? { isWhole ? copy : nil }

  /// Whether it is small enough for a second try, as far as its length is known.
  var isSmall: Bool {
    guard let copy else { return false }
    if case .sized(let remaining) = source { return copy.count + remaining <= Self.copyLimit }
    return isWhole
  }

  /// Reads the rest of a small one, for which an answer didn't wait.
  func readRest() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while isSmall, !isWhole {
      let count = buffer.withUnsafeMutableBytes { read(into: $0) }
      guard let count, count > 0 else { return }
    }
  }

  /// Waits for more of it, or until the descriptor `server` can be read; false if that is first.
  func awaitMore(or server: Int32) -> Bool {
    guard !isWhole, hasInvited() else { return true }
    let isFirst = reader.isFirst(before: server)
    if isFirst == nil { failure = .stalled }
    return isFirst ?? true
  }

  /// The next bytes; 0 at the end, nil where there is none to come to.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard !isWhole, failure == nil, !buffer.isEmpty else { return failure == nil ? 0 : nil }
    guard hasInvited(), let count = next(into: buffer) else { return nil }
    if let kept = copy?.count {
      if kept + count > Self.copyLimit { copy = nil } else { copy? += buffer[..<count] }
    }
    return count
  }

  /// Whether the client knows, if it waits to be told, that it may send it.
  private func hasInvited() -> Bool {
    if let invite, !reader.hasInput, !invite() { failure = .clientGone }
    invite = nil
    return failure == nil
  }

  private func next(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    switch source {
    case .none: return 0
    case .sized(let remaining):
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(remaining, buffer.count)])
      guard let count = count(of: reader.take(into: part)) else { return nil }
      source = .sized(remaining: remaining - count)
      return count
    case .chunked(var decoder):
      let received = reader.take(with: &decoder, into: buffer)
      source = .chunked(decoder)
      return count(of: received)
    }
  }

  private func count(of received: ClientSocket.Received?) -> Int? {
    switch received {
    case .bytes(let count): return count
    case nil: failure = .malformed
    case .timedOut: failure = .stalled
    case .ended: failure = .clientGone
    }
    return nil
  }
}
