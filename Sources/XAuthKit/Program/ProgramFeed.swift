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
      // A program that closes its input is none of our faults: no SIGPIPE.
      let (length, errno) = StandardStreams.writeWithoutSignal(rest, to: pipe.ourEnd)
      if length < 0, errno == EINTR { continue }
      if length < 0, errno == EAGAIN { return }
      if length < 0 { rest = [] }
      rest = rest.dropFirst(max(0, length))
    }
    pipe.closeOurEnd()
  }
}
