import Callback
import HTTP

/// One try to have X carry out a request: its body on the way there, the answer on the way back.
final class ForwardedExchange: HTTPExchange {
  /// Why it was given up.
  enum Failure: Equatable {
    case body(RequestBody.Failure)
    /// The client is gone, or doesn't read.
    case clientGone
    /// X has stopped in the middle of an answer.
    case stalled
  }

  /// An answer that isn't passed on yet.
  private struct Held {
    let status: Int
    let fields: [HeaderField]
    var content: [UInt8] = []
  }

  /// Bytes of an answer that are held back at most.
  private static let heldLimit = 64 << 10

  private let socket: ClientSocket
  private let body: RequestBody
  private let answer: ProxyAnswer
  private let limits: ProxyLimits
  private let isStream: Bool
  /// What is sent of the copy of the body; nil where the body comes from the client.
  private var again: ArraySlice<UInt8>?
  private var held: Held?
  private var hasHead = false
  private var mayStandStill: Bool
  private var lastMove = Monotonic.now
  private(set) var failure: Failure?

  /// A first try, with the body as it comes; or, with a copy of that, a second one.
  init(
    _ request: ForwardedRequest, _ body: RequestBody, again: [UInt8]? = nil,
    from socket: ClientSocket, to answer: ProxyAnswer, _ limits: ProxyLimits
  ) {
    (self.socket, self.body, self.answer, self.limits) = (socket, body, answer, limits)
    self.again = again?[...]
    isStream = request.path.split(separator: "/").contains("stream")
    mayStandStill = isStream
  }

  /// Whether X refused the token, and the request can be sent once more: its answer is held back.
  var isHeldBack: Bool { held != nil }

  /// Passes on what was held back.
  func passOn() -> Bool {
    guard let held else { return true }
    self.held = nil
    return pass(held.status, held.fields) && held.content.withUnsafeBytes(answer.write)
  }

  func awaitBody(or server: Int32) -> Bool { again != nil || body.awaitMore(or: server) }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    lastMove = Monotonic.now
    if let rest = again {
      let count = min(rest.count, buffer.count)
      buffer.copyBytes(from: rest.prefix(count))
      again = rest.dropFirst(count)
      return count
    }
    let count = body.read(into: buffer)
    if count == nil, let failure = body.failure { self.failure = .body(failure) }
    lastMove = Monotonic.now
    return count
  }

  func begin(status: Int, headers: [(name: String, value: String)]) -> Bool {
    (hasHead, lastMove) = (true, Monotonic.now)
    let fields = headers.map { HeaderField($0.name, $0.value) }
    let type = fields.values(of: "Content-Type").first?.prefix { $0 != ";" && $0 != " " } ?? ""
    mayStandStill = isStream || String(type).lowercasedASCII == "text/event-stream"
    if status == 401, again == nil, body.isSmall {
      held = Held(status: status, fields: fields)
      return true
    }
    return pass(status, fields)
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    defer { lastMove = Monotonic.now }
    if let count = held?.content.count {
      if count + bytes.count <= Self.heldLimit {
        held?.content += bytes
        return true
      }
      guard passOn() else { return false }
    }
    return noticing(answer.write(bytes))
  }

  var isWanted: Bool {
    if failure != nil { return false }
    // A client that has got all of it may be gone before the transfer is over.
    if answer.isComplete { return true }
    if socket.isGone {
      failure = .clientGone
    } else if hasHead, !mayStandStill || isHeldBack, Monotonic.now - lastMove > limits.stall {
      failure = .stalled
    }
    return failure == nil
  }

  private func pass(_ status: Int, _ fields: [HeaderField]) -> Bool {
    // What is left of a body that nobody wants would be taken for the next request.
    noticing(
      answer.begin(status: status, fields: fields, closing: !body.isWhole || socket.isLast))
  }

  private func noticing(_ isTaken: Bool) -> Bool {
    if !isTaken { failure = .clientGone }
    return isTaken
  }
}
