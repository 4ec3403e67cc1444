import Glibc

/// The bare descriptors of a terminal: one to read from, one to write to.
struct TerminalDevice: Sendable {
  /// What reading came to.
  enum Input {
    case bytes([UInt8])
    case nothing
    case end
  }

  let input: Int32
  let output: Int32

  /// Waits for input, at most `milliseconds`, and reads up to `count` bytes of it.
  func read(upTo count: Int, within milliseconds: Int32) -> Input {
    var ready = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else { return .nothing }
    var buffer = [UInt8](repeating: 0, count: count)
    let length = Glibc.read(input, &buffer, count)
    if length > 0 { return .bytes(Array(buffer[..<length])) }
    if length < 0, errno == EINTR || errno == EAGAIN { return .nothing }
    return .end
  }

  /// Writes all of `text`; nothing more can be done when that fails.
  func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let length = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      if length < 0, errno != EINTR { return }
      rest = rest.dropFirst(max(0, length))
    }
  }
}
