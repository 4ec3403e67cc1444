/// What becomes of a program's standard output and its standard error.
enum ProgramOutput: Equatable, Sendable {
  /// It goes where our standard error goes, and so does its standard error.
  case inheritErrorStream
  /// Its first `limit` bytes are kept; its standard error is dropped.
  case capture(limit: Int)
  /// The first `limit` bytes of each are kept.
  case captureBoth(limit: Int)
}

/// What a program that was run left behind.
struct ProgramOutcome: Equatable, Sendable {
  /// How it ended.
  enum End: Equatable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)
    /// Not in time; it was stopped.
    case timedOut
    /// It ended, and somebody else collected the status.
    case unknown
  }

  /// How it ended.
  let end: End
  /// What was captured of its standard output.
  let output: [UInt8]
  /// What was captured of its standard error.
  let errors: [UInt8]
  /// Whether there was more of it than the limit.
  let isOutputCut: Bool

  /// An outcome.
  init(end: End, output: [UInt8] = [], errors: [UInt8] = [], isOutputCut: Bool = false) {
    self.end = end
    self.output = output
    self.errors = errors
    self.isOutputCut = isOutputCut
  }

  /// Whether it ended with status 0.
  var isSuccess: Bool { end == .exited(0) }
}

extension ProgramOutcome.End {
  /// The end that a status of waitpid(2) stands for.
  init(waitStatus status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
  }
}
