import Glibc

/// One accepted connection: one request head in, one answer out, closed.
///
/// It knows bytes and time, and nothing of what is asked or answered.
final class Connection {
  enum Phase {
    /// Waiting for a whole request head.
    case reading
    /// It has asked; the answer isn't known yet.
    case held
    /// Its answer is on the way out.
    case answering
    /// Answered, and our side shut down: what the peer still sends is thrown away. Closing at once
    /// would make the kernel send a reset, which can overtake the answer (RFC 9112 §9.6).
    case draining
    case closed
  }

  /// How far the peer has come on its way to a request.
  enum Progress: CaseIterable {
    /// Nothing ever came: browsers open such connections in advance.
    case silent
    /// It has begun to speak.
    case speaking
    /// Its hello was answered: a browser looks at the certificate now.
    case greeted
    /// The handshake is over.
    case secured
  }

  /// What speaks on the wire, decided by its first byte.
  enum Wire {
    case undecided
    case plain
    case encrypted(TLSSession)
  }

  /// Larger than any browser's request, the code included.
  static let headLimit = 16 << 10
  /// A head takes a browser milliseconds; a tunnel or a slow machine, a second or two.
  static let readingSeconds = 10.0
  /// How long, and how many bytes, an answered peer may go on sending.
  static let drainingSeconds = 2.0
  static let drainingLimit = 1 << 20

  let descriptor: Int32
  /// When it was taken over (monotonic seconds).
  let since: Double
  /// Whether its answer is the one that a person waits for.
  var isAwaited = false
  /// Whether that person's browser shows an address with a code in it.
  var showsCode = false
  var phase = Phase.reading
  /// When the connection is given up, unless it is held (monotonic seconds).
  var deadline: Double
  var wire = Wire.undecided
  /// Whether the peer's hello was answered.
  var isGreeted = false
  var input: [UInt8] = []
  var output: [UInt8] = []
  /// Bytes from the wire in this phase.
  var received = 0

  /// Takes over a non-blocking socket.
  init(_ descriptor: Int32, now: Double) {
    self.descriptor = descriptor
    since = now
    deadline = now + Self.readingSeconds
  }

  deinit { if phase != .closed { Glibc.close(descriptor) } }

  /// How far the peer has come.
  var progress: Progress {
    if case .encrypted(let session) = wire {
      return !session.isHandshaking ? .secured : isGreeted ? .greeted : .speaking
    }
    return phase == .reading && received == 0 ? .silent : .speaking
  }

  /// Whether the peer has said something that nobody has read yet.
  var hasUnread: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
  }

  /// Whether the peer has nothing more to say, and most likely is gone.
  var isAtEnd: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
  }

  /// Whether an end now would cut off somebody who asked for something.
  var isBusy: Bool {
    switch phase {
    case .held, .closed: return false
    case .answering, .draining: return true
    case .reading:
      if case .encrypted(let session) = wire, session.isHandshaking { return true }
      return !input.isEmpty
    }
  }

  /// The events to poll for.
  var interest: Int16 {
    var events: Int32 = 0
    if phase == .reading || phase == .draining { events |= POLLIN }
    if !output.isEmpty { events |= POLLOUT }
    return Int16(events)
  }

  /// Keeps the peer waiting for an answer.
  func hold() { phase = .held }

  /// Sends `response` and closes.
  func answer(_ response: Response, now: Double) {
    guard phase == .reading || phase == .held else { return }
    if case .encrypted(let session) = wire {
      session.sealLast(response.bytes)
      output += session.takeOutput()
    } else {
      output += response.bytes
    }
    sendLast(now: now)
  }

  /// Sends what is there, and closes.
  func sendLast(now: Double) {
    phase = .answering
    input = []
    deadline = now + Self.readingSeconds
    flush(now: now)
  }

  func close() {
    guard phase != .closed else { return }
    phase = .closed
    Glibc.close(descriptor)
  }

  /// Writes as much as the peer takes. MSG_NOSIGNAL: a peer that is gone is no reason to die.
  func flush(now: Double) {
    while !output.isEmpty {
      let count = send(descriptor, output, output.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        output.removeFirst(count)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        return close()
      }
    }
    guard phase == .answering else { return }
    phase = .draining
    received = 0
    deadline = now + Self.drainingSeconds
    shutdown(descriptor, Int32(SHUT_WR))
  }
}
