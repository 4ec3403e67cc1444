import CSystem
import Glibc

/// The three descriptors every program takes for granted.
enum StandardStreams {
  /// Puts something in the place of those that we were started without (`xauth login >&-`). The next
  /// file or socket that is opened would become standard output otherwise, and be written to.
  ///
  /// Opened the other way round, so that reading or writing fails as it would have: nobody is told
  /// that data were written which went nowhere.
  static func fillGaps() {
    for (descriptor, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is taken (open(2)): this one, as those below it are filled.
      _ = open("/dev/null", mode)
    }
  }

  /// write(2), and why it failed.
  static func write(
    _ bytes: ArraySlice<UInt8>, to descriptor: Int32
  ) -> (length: Int, errno: Int32) {
    let length = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    return (length, length < 0 ? errno : 0)
  }

  /// All of `bytes`, however often `write` has to be called; why it failed, nil when it did not.
  ///
  /// A signal that is held back ends the wait for a reader that doesn't read (EINTR): the process is
  /// about to end by it.
  static func writeAll(
    _ bytes: [UInt8], to descriptor: Int32,
    by write: (ArraySlice<UInt8>, Int32) -> (length: Int, errno: Int32) = write
  ) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard waitUntilWritable(descriptor) else { return EINTR }
      // What poll(2) calls writable takes so much at once (pipe(7), PIPE_BUF).
      let (length, errno) = write(rest.prefix(Int(PIPE_BUF)), descriptor)
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
      // Whatever else poll(2) has to say, write(2) says better.
      let ready = poll(&polled, 1, 1000)
      if ready > 0 || ready < 0 && errno != EINTR { return true }
      if csystem_signals_seen() != 0 { return false }
    }
  }

  /// The same where nobody reads any more: a failure, and no SIGPIPE.
  static func writeWithoutSignal(
    _ bytes: ArraySlice<UInt8>, to descriptor: Int32
  ) -> (length: Int, errno: Int32) {
    var brokenPipe = sigset_t()
    var before = sigset_t()
    var waiting = sigset_t()
    sigemptyset(&brokenPipe)
    sigaddset(&brokenPipe, SIGPIPE)
    sigpending(&waiting)
    pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

    let (length, failure) = write(bytes, to: descriptor)
    if failure == EPIPE, sigismember(&waiting, SIGPIPE) == 0 {
      var now = timespec()
      sigtimedwait(&brokenPipe, nil, &now)
    }
    return (length, failure)
  }
}
