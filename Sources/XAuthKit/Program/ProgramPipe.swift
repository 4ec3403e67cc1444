import Glibc

/// A pipe between us and a program, closed when nobody uses it any more.
final class ProgramPipe {
  /// Which end is ours.
  enum Direction {
    case toProgram
    case fromProgram
  }

  /// Our end, which never blocks; −1 once closed (poll(2) skips that).
  private(set) var ourEnd: Int32 = -1
  /// The program's end; −1 once closed.
  private(set) var childsEnd: Int32 = -1

  /// Makes the pipe, or throws the errno in the name of the program it is for.
  init(_ direction: Direction, for name: String) throws(ProgramNotStarted) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ProgramNotStarted(name: name, errno: errno) }
    defer { for end in ends { close(end) } }
    let (ours, childs) = direction == .toProgram ? (ends[1], ends[0]) : (ends[0], ends[1])
    // Above the standard streams, one of which may have been closed when we were started.
    ourEnd = fcntl(ours, F_DUPFD_CLOEXEC, 3)
    childsEnd = fcntl(childs, F_DUPFD_CLOEXEC, 3)
    guard ourEnd >= 0, childsEnd >= 0, fcntl(ourEnd, F_SETFL, O_NONBLOCK) == 0 else {
      throw ProgramNotStarted(name: name, errno: errno)
    }
  }

  deinit {
    closeOurEnd()
    closeChildsEnd()
  }

  /// Closes our end: the program sees the end of its input, or that nobody listens.
  func closeOurEnd() {
    if ourEnd >= 0 { close(ourEnd) }
    ourEnd = -1
  }

  /// Closes the program's end, once the program has it.
  func closeChildsEnd() {
    if childsEnd >= 0 { close(childsEnd) }
    childsEnd = -1
  }
}
