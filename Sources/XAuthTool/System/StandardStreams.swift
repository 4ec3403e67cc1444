import CSystem
import Glibc

/// One of the two output streams.
struct OutputDescriptor: Sendable {
  /// Whether it is a terminal.
  var isTerminal: Bool
  /// Whether this process is in the terminal's foreground: otherwise a shell's prompt stands there.
  var isForeground: @Sendable () -> Bool
  /// The terminal's width in columns, if it is known.
  var columns: @Sendable () -> Int?
  /// Whether a short write won't block.
  var isReady: @Sendable () -> Bool = { true }
  /// Writes all of it; returns the errno if that fails.
  var write: @Sendable (_ bytes: [UInt8]) -> Int32?
}

extension OutputDescriptor {
  /// A stream of this process.
  static func live(_ descriptor: Int32) -> OutputDescriptor {
    OutputDescriptor(
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
      write: { StandardStreams.writeAll($0, to: descriptor) })
  }
}

/// The three descriptors that every program relies on.
enum StandardStreams {
  /// Opens /dev/null for those that were closed when this process started (`xauth login >&-`).
  /// Otherwise the next file or socket that is opened would become standard output, and be written to.
  ///
  /// Opened in the wrong direction, so that reading or writing still fails: data that went nowhere
  /// must not pass for written.
  static func fillGaps() {
    for (descriptor, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is taken (open(2)): this one, as those below it are filled.
      _ = open("/dev/null", mode)
    }
  }

  /// Whether standard input is a pipe or a socket.
  @Sendable static func hasPipedInput() -> Bool {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0 else { return false }
    return [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  /// write(2), with the errno if it failed.
  static func write(
    _ bytes: ArraySlice<UInt8>, to descriptor: Int32
  ) -> (length: Int, errno: Int32) {
    let length = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    return (length, length < 0 ? errno : 0)
  }

  /// Writes all of `bytes`; returns why it failed, or nil.
  ///
  /// A signal that is being held ends the wait for a reader that doesn't read (EINTR): the process is
  /// about to end by it.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard waitUntilWritable(descriptor) else { return EINTR }
      // If poll(2) calls it writable, there is room for this much (pipe(7), PIPE_BUF).
      let (length, errno) = write(rest.prefix(Int(PIPE_BUF)), to: descriptor)
      if length < 0, errno == EINTR { continue }
      guard length > 0 else { return errno }
      rest = rest.dropFirst(length)
    }
    return nil
  }

  /// False when a signal came first.
  private static func waitUntilWritable(_ descriptor: Int32) -> Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    while true {
      // Any other problem will show in write(2).
      let ready = poll(&polled, 1, csystem_signals_seen() == 0 ? 1000 : 0)
      if ready > 0 || ready < 0 && errno != EINTR { return true }
      if csystem_signals_seen() != 0 { return false }
    }
  }
}
