import Glibc

/// What a program is still to read.
struct ProgramFeed {
  let pipe: ProgramPipe
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8], _ pipe: ProgramPipe) {
    self.pipe = pipe
    rest = bytes[...]
    if bytes.isEmpty { pipe.closeOurEnd() }
  }

  /// Writes what the pipe takes; closes it at the end, or when the program reads no more.
  mutating func write() {
    while !rest.isEmpty {
      let (length, errno) = Self.writeWithoutSignal(rest, to: pipe.ourEnd)
      if length < 0, errno == EINTR { continue }
      if length < 0, errno == EAGAIN { return }
      if length < 0 { rest = [] }
      rest = rest.dropFirst(max(0, length))
    }
    pipe.closeOurEnd()
  }

  /// A program that closes its input is none of our faults: the SIGPIPE of the write is held back
  /// and taken away.
  private static func writeWithoutSignal(
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

    let length = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    let failure = length < 0 ? errno : 0
    if failure == EPIPE, sigismember(&waiting, SIGPIPE) == 0 {
      var now = timespec()
      sigtimedwait(&brokenPipe, nil, &now)
    }
    return (length, failure)
  }
}
