import Callback
import Glibc

/// A client's connection, as its own thread uses it, and as the server ends it from another one.
///
/// The descriptor is closed with the value, so nobody can take another connection for it.
final class ClientSocket: Sendable {
  /// What a wait for bytes brought.
  enum Received: Equatable {
    case bytes(Int)
    /// The client has closed its side, or the connection broke, or was broken off.
    case ended
    case timedOut
  }

  private struct State {
    /// Since when no request is in progress; nil while one is.
    var idleSince: Double?
    /// Whether the connection takes no request after this one.
    var isLast = false
    var isBroken = false
  }

  /// How many bytes, and for how long, a client may go on sending that has got its last answer. Closing
  /// at once would make the kernel send a reset, which can overtake the answer (RFC 9112 §9.6).
  private static let lingeringLimit = 4 << 20
  private static let lingeringSeconds = 2.0
  /// POLLRDHUP, which Swift's Glibc leaves out: the peer will send nothing more.
  private static let hungUp: Int16 = 0x2000

  private let descriptor: Int32
  private let state: Watched<State>

  /// Takes over a non-blocking socket.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    state = Watched(State(idleSince: Monotonic.now))
    // A head and the first piece of its body are two writes, and nobody should wait between them.
    var on: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(descriptor) }

  // MARK: The life of a connection

  /// Since when no request is in progress; nil while one is, and at the end.
  var idleSince: Double? { state.withLock { $0.isBroken ? nil : $0.idleSince } }
  /// Whether somebody has ended it.
  var isBroken: Bool { state.withLock { $0.isBroken } }
  /// Whether the request in progress is the last one that it takes.
  var isLast: Bool { state.withLock { $0.isLast } }

  /// A request has come; false if the connection was broken off before.
  func beginRequest() -> Bool {
    state.withLock { state in
      if !state.isBroken { state.idleSince = nil }
      return !state.isBroken
    }
  }

  /// The request has been answered; whether another one may come.
  @discardableResult
  func endRequest() -> Bool {
    state.withLock { state in
      state.idleSince = Monotonic.now
      return !state.isLast
    }
  }

  /// Takes no further request: ends it now if there is none in progress.
  func finish() {
    state.withLock { $0.isLast = true }
    breakIfIdle()
  }

  /// Ends it if no request is in progress; whether that was so.
  @discardableResult
  func breakIfIdle() -> Bool {
    state.withLock { state in
      guard state.idleSince != nil, !state.isBroken else { return false }
      state.isBroken = true
      shutdown(descriptor, Int32(SHUT_RDWR))
      return true
    }
  }

  /// Ends it, whatever is in progress: who waits for it in `receive` or `send` wakes up.
  func breakOff() {
    state.withLock { $0.isBroken = true }
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Waits until the client has read the last answer, and says the end.
  func endInOrder() {
    endRequest()
    shutdown(descriptor, Int32(SHUT_WR))
    let deadline = Monotonic.now + Self.lingeringSeconds
    var (buffer, count) = ([UInt8](repeating: 0, count: 16 << 10), 0)
    while count < Self.lingeringLimit,
      case .bytes(let more) = buffer.withUnsafeMutableBytes({ receive(into: $0, by: deadline) })
    {
      count += more
    }
  }

  /// Ends it without waiting, after what came was read: unread bytes would make the end a reset.
  func endAtOnce() {
    shutdown(descriptor, Int32(SHUT_WR))
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    _ = recv(descriptor, &buffer, buffer.count, 0)
  }

  // MARK: Bytes

  /// Whether the client can't get an answer any more.
  var isGone: Bool {
    isBroken || events(Self.hungUp, by: 0) & (Self.hungUp | Int16(POLLHUP | POLLERR)) != 0
  }

  /// Whether something came that wasn't read.
  var hasUnread: Bool { ready(Int16(POLLIN), by: 0) }

  /// Waits for bytes until `deadline` (monotonic seconds).
  func receive(into buffer: UnsafeMutableRawBufferPointer, by deadline: Double) -> Received {
    while !isBroken {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .ended }
      guard errno == EAGAIN || errno == EINTR else { return .ended }
      guard ready(Int16(POLLIN), by: deadline) else { return isBroken ? .ended : .timedOut }
    }
    return .ended
  }

  /// Waits until `deadline` for the client or for another descriptor: whether the client alone has
  /// something to say, be it the end; nil if nobody has.
  func isFirst(before other: Int32, by deadline: Double) -> Bool? {
    var polled = [other, descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    return Self.wait(for: &polled, by: deadline) ? polled[0].revents == 0 : nil
  }

  /// Sends all of `bytes`; false when the client is gone, or takes nothing for `seconds`.
  func send(_ bytes: UnsafeRawBufferPointer, patience seconds: Double) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.send(descriptor, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        rest = rest.dropFirst(count)
      } else {
        guard count < 0, errno == EAGAIN || errno == EINTR, !isBroken,
          ready(Int16(POLLOUT), by: Monotonic.now + seconds)
        else { return false }
      }
    }
    return true
  }

  private func ready(_ event: Int16, by deadline: Double) -> Bool {
    events(event, by: deadline) != 0
  }

  /// Waits for one of `wanted`; what has happened, 0 at the deadline.
  private func events(_ wanted: Int16, by deadline: Double) -> Int16 {
    var polled = [pollfd(fd: descriptor, events: wanted, revents: 0)]
    return Self.wait(for: &polled, by: deadline) ? polled[0].revents : 0
  }

  /// Waits until one of them has what it is asked for, or until the deadline; whether one has.
  private static func wait(for polled: inout [pollfd], by deadline: Double) -> Bool {
    while true {
      let left = max(0, min(deadline - Monotonic.now, 3600))
      let count = poll(&polled, nfds_t(polled.count), Int32((left * 1000).rounded(.up)))
      if count >= 0 || errno != EINTR { return count > 0 }
    }
  }
}
