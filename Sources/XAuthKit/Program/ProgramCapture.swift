import Glibc

/// What a program has said so far, up to a limit; the rest is read and dropped, so that the
/// program never waits for us.
struct ProgramCapture {
  let pipe: ProgramPipe
  private let limit: Int
  private(set) var bytes: [UInt8] = []
  private(set) var isCut = false

  init(limit: Int, _ pipe: ProgramPipe) {
    self.limit = limit
    self.pipe = pipe
  }

  /// Reads what is there, at most a megabyte at a time; closes the pipe at its end.
  mutating func read() {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    for _ in 0..<16 where pipe.ourEnd >= 0 {
      let length = Glibc.read(pipe.ourEnd, &buffer, buffer.count)
      if length < 0, errno == EINTR { continue }
      if length < 0, errno == EAGAIN { return }
      if length <= 0 { return pipe.closeOurEnd() }
      let kept = min(length, limit - bytes.count)
      bytes += buffer[..<kept]
      if kept < length { isCut = true }
    }
  }
}
