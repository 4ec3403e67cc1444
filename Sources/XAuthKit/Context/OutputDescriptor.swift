import Glibc

/// One of the two output streams.
struct OutputDescriptor: Sendable {
  /// Whether a person sees it at once.
  var isTerminal: Bool
  /// Whether the terminal is ours to draw on: a shell's prompt stands there otherwise.
  var isForeground: @Sendable () -> Bool
  /// Columns, when it is a terminal that tells.
  var columns: @Sendable () -> Int?
  /// Whether a short write won't be kept waiting.
  var isReady: @Sendable () -> Bool = { true }
  /// Writes all of it; the error's number (errno(3)) when that fails.
  var write: @Sendable (_ bytes: [UInt8]) -> Int32?
}

extension OutputDescriptor {
  /// A stream of this process.
  static func live(_ descriptor: Int32) -> OutputDescriptor {
    // Whoever stops reading what is said to people must not end us by SIGPIPE: that would come
    // between a token and its save. Whoever stops reading data wants no more of it.
    let write =
      descriptor == STDERR_FILENO ? StandardStreams.writeWithoutSignal : StandardStreams.write
    return OutputDescriptor(
      isTerminal: isatty(descriptor) == 1,
      isForeground: { tcgetpgrp(descriptor) == getpgrp() },
      columns: {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
      },
      isReady: {
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&polled, 1, 0) > 0
      },
      write: { StandardStreams.writeAll($0, to: descriptor, by: write) })
  }
}
