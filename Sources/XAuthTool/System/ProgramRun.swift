import Glibc

/// What becomes of a program's standard output and its standard error.
enum ProgramOutput: Equatable, Sendable {
  /// Both go to this process's standard error.
  case inheritErrorStream
  /// Both are dropped.
  case discard
  /// The first `limit` bytes of each are kept.
  case capture(limit: Int)
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
    /// It ended, and its status was collected elsewhere.
    case unknown
  }

  /// How it ended.
  let end: End
  /// What was captured of its standard output.
  let output: [UInt8]
  /// What was captured of its standard error.
  let errors: [UInt8]
  /// Whether all of its standard input was read.
  let hasReadInput: Bool

  /// An outcome.
  init(end: End, output: [UInt8] = [], errors: [UInt8] = [], hasReadInput: Bool = true) {
    self.end = end
    self.output = output
    self.errors = errors
    self.hasReadInput = hasReadInput
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

/// A program that is given its input, read from and waited for, all in one loop: it may read its input
/// late or never, write more than a pipe holds, and leave children behind that keep its streams open.
struct ProgramRun {
  /// Milliseconds between two looks whether the program has ended, growing from the first to the
  /// last: short for a git that answers at once, long for a hook that restarts a server.
  private static let pauses: ClosedRange<Int32> = 1...20
  /// Seconds between SIGTERM and SIGKILL, and from there to giving up.
  private static let grace = 1.0

  private let child: pid_t
  private let deadline: Double?
  private var feed: ProgramFeed
  private var output: ProgramCapture?
  private var errors: ProgramCapture?

  /// Starts it.
  init(
    _ arguments: [String], _ environment: Environment, input: [UInt8], output: ProgramOutput,
    timeout: Double?, signals: ProgramSignals
  ) throws(ProgramNotStarted) {
    let name = arguments.first ?? ""
    feed = ProgramFeed(input, try ProgramPipe(.toProgram, for: name))
    let streams: [ProgramSpawn.Stream]
    switch output {
    case .inheritErrorStream: streams = [Self.errorStream, Self.errorStream]
    case .discard: streams = [.null, .null]
    case .capture(let limit):
      let output = ProgramCapture(limit: limit, try ProgramPipe(.fromProgram, for: name))
      let errors = ProgramCapture(limit: limit, try ProgramPipe(.fromProgram, for: name))
      (self.output, self.errors) = (output, errors)
      streams = [.descriptor(output.pipe.childsEnd), .descriptor(errors.pipe.childsEnd)]
    }
    deadline = timeout.map { Self.uptime() + $0 }
    child = try ProgramSpawn(
      arguments: arguments, environment: environment,
      streams: [.descriptor(feed.pipe.childsEnd)] + streams, signals: signals
    ).start()
    self.output?.pipe.closeChildsEnd()
    errors?.pipe.closeChildsEnd()
  }

  /// Waits for its end.
  mutating func finish() -> ProgramOutcome {
    var pause = Self.pauses.lowerBound
    var end: ProgramOutcome.End?
    while end == nil {
      exchange(within: pause)
      pause = min(pause * 2, Self.pauses.upperBound)
      end = endSoFar()
      if end == nil, let deadline, Self.uptime() >= deadline { end = stop() }
    }
    // What it wrote before it ended is in the pipe. Its children may hold the pipe open; they aren't
    // waited for.
    output?.read()
    errors?.read()
    return ProgramOutcome(
      end: end ?? .timedOut, output: output?.bytes ?? [], errors: errors?.bytes ?? [],
      hasReadInput: feed.isRead)
  }

  private mutating func exchange(within milliseconds: Int32) {
    var ready = [
      pollfd(fd: feed.pipe.ourEnd, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: output?.pipe.ourEnd ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors?.pipe.ourEnd ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&ready, 3, milliseconds) > 0 else { return }
    if ready[0].revents != 0 { feed.write() }
    if ready[1].revents != 0 { output?.read() }
    if ready[2].revents != 0 { errors?.read() }
  }

  /// Ends it and everything that it has started. Nobody can wait for what even SIGKILL doesn't end:
  /// another user's process, or one that waits for a disk.
  private func stop() -> ProgramOutcome.End {
    var descendants = ProgramDescendants()
    var asked: Set<pid_t> = []
    var parent: pid_t? = child
    let start = Self.uptime()
    while Self.uptime() < start + 2 * Self.grace {
      // The parent first, or a shell would go on with its next command.
      let running = [parent].compactMap { $0 } + descendants.look(below: parent)
      if running.isEmpty { break }
      let signal = Self.uptime() < start + Self.grace ? SIGTERM : SIGKILL
      for id in running where signal == SIGKILL || asked.insert(id).inserted { kill(id, signal) }
      poll(nil, 0, Self.pauses.upperBound)
      if parent != nil, endSoFar() != nil { parent = nil }
    }
    return .timedOut
  }

  private func endSoFar() -> ProgramOutcome.End? {
    var status: Int32 = 0
    switch waitpid(child, &status, WNOHANG) {
    case 0: return nil
    case child: return ProgramOutcome.End(waitStatus: status)
    default: return errno == EINTR ? nil : .unknown
    }
  }

  /// This process's standard error, or nothing where it was started without one.
  private static var errorStream: ProgramSpawn.Stream {
    fcntl(STDERR_FILENO, F_GETFD) < 0 ? .null : .descriptor(STDERR_FILENO)
  }

  private static func uptime() -> Double { Clock.live.uptime() }
}

/// What a program has not read yet. The program's end stays open here too, to tell in the end whether
/// anything is left in the pipe.
private struct ProgramFeed {
  let pipe: ProgramPipe
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8], _ pipe: ProgramPipe) {
    self.pipe = pipe
    rest = bytes[...]
    if bytes.isEmpty { pipe.closeOurEnd() }
  }

  /// Whether the program has read all.
  var isRead: Bool {
    var end = pollfd(fd: pipe.childsEnd, events: Int16(POLLIN), revents: 0)
    return rest.isEmpty && (poll(&end, 1, 0) <= 0 || end.revents & Int16(POLLIN) == 0)
  }

  /// Writes as much as the pipe has room for; closes it at the end.
  mutating func write() {
    while !rest.isEmpty {
      let (length, errno) = StandardStreams.write(rest, to: pipe.ourEnd)
      if length < 0, errno == EINTR { continue }
      if length < 0 { return }
      rest = rest.dropFirst(length)
    }
    pipe.closeOurEnd()
  }
}

/// What a program has written so far, up to a limit; the rest is read and dropped, so that the
/// program never has to wait.
private struct ProgramCapture {
  let pipe: ProgramPipe
  private let limit: Int
  private(set) var bytes: [UInt8] = []

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
      bytes += buffer[..<min(length, limit - bytes.count)]
    }
  }
}

/// A pipe to or from a program, closed when it is no longer used.
private final class ProgramPipe {
  enum Direction {
    case toProgram
    case fromProgram
  }

  /// This process's end, which never blocks; −1 once closed (poll(2) skips that).
  private(set) var ourEnd: Int32 = -1
  /// The program's end; −1 once closed.
  private(set) var childsEnd: Int32 = -1

  /// Makes the pipe, or throws the errno in the name of the program it is for.
  init(_ direction: Direction, for name: String) throws(ProgramNotStarted) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ProgramNotStarted(name: name, errno: errno) }
    defer { for end in ends { close(end) } }
    let (ours, childs) = direction == .toProgram ? (ends[1], ends[0]) : (ends[0], ends[1])
    // Above the standard streams, one of which may have been closed when this process started.
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

  /// Closes this process's end: the program sees the end of its input, or that its output isn't read.
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
