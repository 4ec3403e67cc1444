/// What becomes of a program's standard output.
public enum ProgramOutput: Equatable, Sendable {
  /// It goes where our standard error goes, and so does its standard error.
  case inheritErrorStream
  /// Its first `limit` bytes are kept; its standard error is dropped.
  case capture(limit: Int)
}

/// What a program that was run left behind.
public struct ProgramOutcome: Equatable, Sendable {
  /// How it ended.
  public enum End: Equatable, Sendable {
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
  public let end: End
  /// What was captured of its standard output.
  public let output: [UInt8]
  /// Whether there was more of it than the limit.
  public let isOutputCut: Bool

  /// An outcome.
  public init(end: End, output: [UInt8] = [], isOutputCut: Bool = false) {
    self.end = end
    self.output = output
    self.isOutputCut = isOutputCut
  }

  /// Whether it ended with status 0.
  public var isSuccess: Bool { end == .exited(0) }
}

extension ProgramOutcome.End {
  /// The end that a status of waitpid(2) stands for.
  init(waitStatus status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
  }
}
