import Callback
import Glibc
import Synchronization

/// The bridge's output: whole lines, one after the other, whichever threads they come from.
final class OutputLines: Sendable {
  /// How many seconds a client may leave a full pipe unread until it counts as gone.
  static let patience = 60.0

  let descriptor: Int32
  private let patience: Double
  /// Held while a line is written.
  private let turn = Mutex(())
  private let closed = Atomic(false)
  /// When nothing is waited for any more, whatever the patience (`Monotonic`).
  private let end = Mutex(Double.infinity)

  init(_ descriptor: Int32, patience: Double = OutputLines.patience) {
    (self.descriptor, self.patience) = (descriptor, patience)
  }

  /// Whether nobody reads any more.
  var isClosed: Bool { closed.load(ordering: .acquiring) }

  /// Writes `line` and a line feed; false if that can't be done any more.
  func write(_ line: [UInt8]) -> Bool {
    turn.withLock { _ in
      guard !isClosed else { return false }
      if writeAll(line + [0x0A]) { return true }
      closed.store(true, ordering: .releasing)
      return false
    }
  }

  /// From now on the client gets only so many seconds for all that is still to be written.
  func hurry(_ seconds: Double) { end.withLock { $0 = min($0, Monotonic.now + seconds) } }

  /// Nothing is written after this, whatever a thread still has to say.
  func close() {
    closed.store(true, ordering: .releasing)
    turn.withLock { _ in }
  }

  private func writeAll(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        // A pipe that is ready for anything takes this much without blocking (pipe(7)). It isn't made
        // non-blocking: the descriptor may be shared with other programs.
        let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(PIPE_BUF)))
        guard isReady() else { return false }
        let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
        if count < 0, errno != EINTR, errno != EAGAIN { return false }
        rest = rest.dropFirst(max(count, 0))
      }
      return true
    }
  }

  private func isReady() -> Bool {
    let deadline = Monotonic.now + patience
    while !isClosed, Monotonic.now < min(deadline, end.withLock { $0 }) {
      var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // In short turns, so that a `close` needn't wait for a client that doesn't read.
      if poll(&polled, 1, 200) > 0 { return true }
    }
    return false
  }
}
