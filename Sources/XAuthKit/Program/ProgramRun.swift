import Glibc

/// A program that is fed, listened to and waited for, all from one loop: it may read its input late
/// or never, write more than a pipe holds, and leave children behind that keep its streams open.
struct ProgramRun {
  /// Milliseconds between two looks whether the program has ended, growing from the first to the
  /// last: short for a git that answers at once, long for a hook that restarts a server.
  private static let pauses: ClosedRange<Int32> = 1...20
  /// Seconds between SIGTERM and SIGKILL.
  private static let grace = 1.0

  private let child: pid_t
  private let deadline: Double?
  private var feed: ProgramFeed
  private var capture: ProgramCapture?
  private var errors: ProgramCapture?

  /// Starts it.
  init(
    _ arguments: [String], _ environment: [String: String], input: [UInt8], output: ProgramOutput,
    timeout: Double?, signals: ProgramSignals
  ) throws(ProgramNotStarted) {
    let name = arguments.first ?? ""
    feed = ProgramFeed(input, try ProgramPipe(.toProgram, for: name))
    let streams: [ProgramSpawn.Stream]
    switch output {
    case .inheritErrorStream: streams = [Self.errorStream, Self.errorStream]
    case .capture(let limit):
      let output = ProgramCapture(limit: limit, try ProgramPipe(.fromProgram, for: name))
      capture = output
      streams = [.descriptor(output.pipe.childsEnd), .null]
    case .captureBoth(let limit):
      let output = ProgramCapture(limit: limit, try ProgramPipe(.fromProgram, for: name))
      let errors = ProgramCapture(limit: limit, try ProgramPipe(.fromProgram, for: name))
      (capture, self.errors) = (output, errors)
      streams = [.descriptor(output.pipe.childsEnd), .descriptor(errors.pipe.childsEnd)]
    }
    deadline = timeout.map { Self.uptime() + $0 }
    child = try ProgramSpawn(
      arguments: arguments, environment: environment,
      streams: [.descriptor(feed.pipe.childsEnd)] + streams, signals: signals
    ).start()
    feed.pipe.closeChildsEnd()
    capture?.pipe.closeChildsEnd()
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
    // What it wrote before it ended is in the pipe. Its children, which may hold the pipe open,
    // aren't waited for.
    capture?.read()
    errors?.read()
    return ProgramOutcome(
      end: end ?? .timedOut, output: capture?.bytes ?? [], errors: errors?.bytes ?? [],
      isOutputCut: capture?.isCut ?? false)
  }

  private mutating func exchange(within milliseconds: Int32) {
    var ready = [
      pollfd(fd: feed.pipe.ourEnd, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: capture?.pipe.ourEnd ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors?.pipe.ourEnd ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&ready, 3, milliseconds) > 0 else { return }
    if ready[0].revents != 0 { feed.write() }
    if ready[1].revents != 0 { capture?.read() }
    if ready[2].revents != 0 { errors?.read() }
  }

  private func stop() -> ProgramOutcome.End {
    kill(child, SIGTERM)
    let deadline = Self.uptime() + Self.grace
    while endSoFar() == nil {
      if Self.uptime() >= deadline { kill(child, SIGKILL) }
      poll(nil, 0, Self.pauses.upperBound)
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

  /// Our standard error, or nothing where we were started without one.
  private static var errorStream: ProgramSpawn.Stream {
    fcntl(STDERR_FILENO, F_GETFD) < 0 ? .null : .descriptor(STDERR_FILENO)
  }

  private static func uptime() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
