import Callback

/// The answer to one request, as its client gets it: the head, then each piece of the body at once.
final class ProxyAnswer {
  private enum Framing: Equatable {
    case undecided
    /// No content, whatever the fields say.
    case none
    case sized(remaining: Int)
    case chunked
    case untilClose
  }

  /// Fields of X's that are about X's own address, or about credentials.
  private static let dropped: Set = ["set-cookie", "alt-svc", "strict-transport-security"]

  private let socket: ClientSocket
  private let isToHead: Bool
  private let mayBeChunked: Bool
  private let patience: Double
  private var framing = Framing.undecided
  /// The status that was sent; nil before.
  private(set) var status: Int?
  /// Whether the client was told that the connection ends.
  private(set) var closes: Bool

  /// Whether the client has got all of it, without another word about its end.
  var isComplete: Bool {
    switch framing {
    case .none, .sized(remaining: 0): true
    case .undecided, .sized, .chunked, .untilClose: false
    }
  }

  /// An answer to a client that takes something at least every `patience` seconds. `closes` says that
  /// the connection takes no other request in any case.
  init(
    on socket: ClientSocket, isToHead: Bool = false, mayBeChunked: Bool = false,
    closes: Bool = true,
    patience: Double
  ) {
    (self.socket, self.patience) = (socket, patience)
    (self.isToHead, self.mayBeChunked, self.closes) = (isToHead, mayBeChunked, closes)
  }

  /// Tells the client to send its body (RFC 9110 §15.2.1).
  func sendContinue() -> Bool { send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }

  /// Passes on a head of X's.
  func begin(status: Int, fields: [HeaderField], closing: Bool) -> Bool {
    let lengths = fields.values(of: "Content-Length")
    let isCoded = !fields.values(of: "Transfer-Encoding").isEmpty
    let length =
      lengths.count == 1 && !isCoded ? Int(lengths[0]).flatMap { $0 < 0 ? nil : $0 } : nil
    if isToHead || status == 204 || status == 304 {
      framing = .none
    } else if let length {
      framing = .sized(remaining: length)
    } else {
      framing = mayBeChunked ? .chunked : .untilClose
    }
    closes = closes || closing || framing == .untilClose
    var passedOn = ConnectionFields.without(fields).filter { field in
      let name = field.name.lowercasedASCII
      return !Self.dropped.contains(name) && name != "content-length"
        && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
    if let length, status != 204 { passedOn.append(HeaderField("Content-Length", "\(length)")) }
    if framing == .chunked { passedOn.append(HeaderField("Transfer-Encoding", "chunked")) }
    return send(head: status, passedOn)
  }

  /// Passes on a piece of the body.
  func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !bytes.isEmpty else { return true }
    switch framing {
    case .none, .undecided: return true
    case .untilClose: return socket.send(bytes, patience: patience)
    case .sized(let remaining):
      guard bytes.count <= remaining else { return false }
      framing = .sized(remaining: remaining - bytes.count)
      return socket.send(bytes, patience: patience)
    case .chunked:
      var chunk = Array("\(String(bytes.count, radix: 16))\r\n".utf8)
      chunk.reserveCapacity(chunk.count + bytes.count + 2)
      chunk += bytes
      chunk += [0x0D, 0x0A]
      return send(chunk)
    }
  }

  /// Ends the body; false when the client can't know that it has ended so.
  func end() -> Bool {
    switch framing {
    case .none, .untilClose: true
    case .undecided: false
    case .sized(let remaining): remaining == 0
    case .chunked: send(Array("0\r\n\r\n".utf8))
    }
  }

  /// Answers in the form of X's errors (RFC 9457), instead of anything of X's.
  func send(problem status: Int, _ words: String, retryAfter: Int? = nil, closing: Bool = false) {
    let title = StatusCode.phrase(status).jsonQuoted
    let detail = "xauth proxy: \(words)".jsonQuoted
    let text = #"{"title":\#(title),"type":"about:blank","status":\#(status),"detail":\#(detail)}"#
    var fields = [
      HeaderField("Content-Type", "application/problem+json"),
      HeaderField("Content-Length", "\(text.utf8.count)"), HeaderField("Cache-Control", "no-store"),
    ]
    if let retryAfter { fields.append(HeaderField("Retry-After", "\(max(0, retryAfter))")) }
    // RFC 9110 §15.5.6 requires it.
    if status == 405 {
      fields.append(HeaderField("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))
    }
    closes = closes || closing
    framing = .none
    if send(head: status, fields), !isToHead { _ = send(Array(text.utf8)) }
  }

  private func send(head status: Int, _ fields: [HeaderField]) -> Bool {
    self.status = status
    let lines =
      ["HTTP/1.1 \(status) \(StatusCode.phrase(status))"] + fields.map { "\($0.name): \($0.value)" }
      + (closes ? ["Connection: close"] : []) + ["", ""]
    return send(Array(lines.joined(separator: "\r\n").utf8))
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { socket.send($0, patience: patience) }
  }
}
