import Foundation

/// A program that a test runs: its own environment, its own streams, and a deadline.
public final class Child: @unchecked Sendable {
  /// What a program that ended left behind.
  public struct Outcome: Sendable {
    /// The exit code; 128 + n when signal n ended it.
    public let status: Int32
    /// All of standard output.
    public let output: String
    /// All of standard error.
    public let errors: String
  }

  private let process = Process()
  private let output = Collector()
  private let errors = Collector()
  private let input = Pipe()

  /// Starts `program` (an absolute path). The environment is exactly `environment`: nothing of
  /// the machine's leaks in.
  public init(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
    folder: String? = nil
  ) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = input
    process.standardOutput = output.pipe
    process.standardError = errors.pipe
    try Self.withSignalsUnblocked { try process.run() }
  }

  /// Tests run on threads that block signals, and a program inherits the mask of the thread that
  /// starts it: it would never see the signals it is sent.
  private static func withSignalsUnblocked(_ body: () throws -> Void) throws {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  /// The process's id.
  public var id: Int32 { process.processIdentifier }

  /// Whether it hasn't ended yet.
  public var isRunning: Bool { process.isRunning }

  /// Whether a signal has stopped it.
  public var isStopped: Bool {
    // The state stands behind the name, which is in parentheses (proc(5)).
    let stat = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
    return stat.split(separator: ")").last?.dropFirst().first == "T"
  }

  /// What came out on standard output so far.
  public var outputSoFar: String { output.text }

  /// What came out on standard error so far.
  public var errorsSoFar: String { errors.text }

  /// Writes to the program's standard input, as far as it reads that.
  public func type(_ text: String) {
    Self.withoutPipeSignal {
      try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }
  }

  /// Lets a write to a program that has ended fail, which would end all tests by SIGPIPE. To ignore
  /// the signal would not do: the programs that are started would ignore it too.
  private static func withoutPipeSignal(_ write: () -> Void) {
    var signal = sigset_t()
    var before = sigset_t()
    sigemptyset(&signal)
    sigaddset(&signal, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signal, &before)
    write()
    // One that came is still there, and would come after all.
    var atOnce = timespec()
    sigtimedwait(&signal, nil, &atOnce)
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  /// Closes the program's standard input.
  public func closeInput() { try? input.fileHandleForWriting.close() }

  /// Sends `signal`.
  public func signal(_ signal: Int32) { kill(id, signal) }

  /// Waits for the end; past `seconds` the program is killed and the outcome says 137.
  public func wait(seconds: Double = 30) -> Outcome {
    closeInput()
    if !eventually(within: seconds, { !self.process.isRunning }) { kill(id, SIGKILL) }
    process.waitUntilExit()
    let killed = process.terminationReason == .uncaughtSignal
    return Outcome(
      status: killed ? 128 + process.terminationStatus : process.terminationStatus,
      output: output.finish(), errors: errors.finish())
  }

  /// Runs `program` to its end, with `input` on its standard input.
  public static func run(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
    folder: String? = nil, input: String = "", seconds: Double = 30
  ) throws -> Outcome {
    let child = try Child(program, arguments, environment: environment, folder: folder)
    if !input.isEmpty { child.type(input) }
    return child.wait(seconds: seconds)
  }

  /// The absolute path of a program this package builds, beside the running tests.
  public static func built(_ name: String) -> String {
    // The test runner is either <build>/xauthPackageTests.xctest or the toolchain's helper with
    // that path as an argument.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent(name)
      .path
  }
}

/// Reads one stream to its end on a thread of its own, so that the program never blocks on it.
private final class Collector: @unchecked Sendable {
  let pipe = Pipe()
  private let lock = NSLock()
  private var data = Data()
  private let done = DispatchSemaphore(value: 0)

  init() {
    let handle = pipe.fileHandleForReading
    Thread.detachNewThread { [self] in
      while case let chunk = handle.availableData, !chunk.isEmpty {
        lock.withLock { data.append(chunk) }
      }
      done.signal()
    }
  }

  var text: String { lock.withLock { String(decoding: data, as: UTF8.self) } }

  func finish() -> String {
    // A grandchild may hold the stream open: what has come by then is the answer.
    _ = done.wait(timeout: .now() + 5)
    return text
  }
}
