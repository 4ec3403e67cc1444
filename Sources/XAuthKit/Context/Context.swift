import HTTP

/// The one door to everything impure: clock, randomness, environment, streams, network, browser,
/// other programs. A command gets all of it from here, so a test can give it another world.
/// (Two modules have a door of their own: DurableFile to the disk, Callback to its sockets.)
public struct Context: Sendable {
  /// The name the program was called by: the last part of `argv[0]`.
  var programName: String
  /// What was typed after the program's name.
  var arguments: [String]
  /// The process environment, as it was at the start.
  var environment: Environment
  /// The absolute path of the working folder; nil when it has been deleted.
  var workingFolder: String?
  /// The wall clock and a clock that never jumps.
  var clock: Clock
  /// `count` bytes of the system's randomness.
  var randomBytes: @Sendable (_ count: Int) throws(Failure) -> [UInt8]
  /// Standard output: data alone.
  var standardOutput: OutputDescriptor
  /// Standard error: everything that is said to a person.
  var standardError: OutputDescriptor
  /// The terminal on standard input, if there is one.
  var terminal: Terminal
  /// Opens libcurl; a command that needs no network never calls it.
  var openNetwork: @Sendable () throws(HTTPLibraryUnavailable) -> Network
  /// Starts other programs.
  var programs: Programs
  /// The kind of system whose browser is opened.
  var desktop: @Sendable () -> BrowserChoice.Desktop
  /// What stands between this process and the person's browser.
  var remote: @Sendable () -> RemoteHint
  /// The name that this machine has for others (gethostname(2)).
  var hostName: @Sendable () -> String
  /// Waits until one of the descriptors is readable, at most until `deadline` on the clock's uptime;
  /// the first that is.
  var awaitReadable: @Sendable (_ descriptors: [Int32], _ deadline: Double) -> Int32?
  /// Asks git about a file.
  var git: Git
  /// Holds back the signals that would end a run between spending a token and saving its successor.
  var signals: Signals
  /// Told as the rotation passes from step to step. Nothing listens in a release; the tests of a
  /// debug build end the process there.
  var reached: @Sendable (RotationStep) -> Void
  /// Whether the program at an absolute path is the one that is running.
  var isThisProgram: @Sendable (_ path: String) -> Bool
  /// Appends whole lines to a file that belongs to another program.
  var appendLines: @Sendable (_ lines: String, _ path: String) throws(Failure) -> Void
}

/// The network as commands see it: one request, one answer.
struct Network: Sendable {
  /// Sends a request within `deadline` seconds in all.
  var send:
    @Sendable (_ request: HTTPRequest, _ deadline: Double) throws(HTTPFailure) -> HTTPResponse
}

/// The process environment. An empty value counts as unset (POSIX has no other way to unset a
/// variable for one command in every shell).
struct Environment: Sendable {
  /// All variables, as they came.
  let all: [String: String]

  /// An environment of these variables.
  init(_ all: [String: String]) { self.all = all }

  /// The variable's value; nil when it is not set or empty.
  subscript(name: String) -> String? {
    guard let value = all[name], !value.isEmpty else { return nil }
    return value
  }

  /// Whether this is a CI job: `CI` set, and neither empty nor `false`.
  var isCI: Bool {
    guard let value = self["CI"] else { return false }
    return value.lowercased() != "false"
  }

  /// The environment without some variables: what a child may inherit.
  func without(_ names: [String]) -> [String: String] {
    all.filter { !names.contains($0.key) }
  }
}

/// The two clocks.
struct Clock: Sendable {
  /// Seconds since 1970, UTC.
  var now: @Sendable () -> Int
  /// Seconds on a clock that never jumps: for deadlines.
  var uptime: @Sendable () -> Double
  /// Waits so many seconds.
  var sleep: @Sendable (_ seconds: Double) -> Void
}

/// One of the two output streams.
struct OutputDescriptor: Sendable {
  /// Whether a person sees it at once.
  var isTerminal: Bool
  /// Whether the terminal is ours to draw on: a shell's prompt stands there otherwise.
  var isForeground: @Sendable () -> Bool
  /// Columns, when it is a terminal that tells.
  var columns: @Sendable () -> Int?
  /// Whether a short write won't be kept waiting.
  var isReady: @Sendable () -> Bool = { true }
  /// Writes all of it; the error's number (errno(3)) when that fails.
  var write: @Sendable (_ bytes: [UInt8]) -> Int32?
}

/// Holding signals back.
struct Signals: Sendable {
  /// From here SIGINT, SIGTERM and SIGHUP don't end the process; each prints what is being finished.
  var hold: @Sendable (_ what: StaticString) -> Void
  /// Lets them through again, and returns the one that came meanwhile.
  var letThrough: @Sendable () -> Int32?
  /// Ends the process by a signal, so that the caller's shell sees it.
  var end: @Sendable (_ signal: Int32) -> Void
  /// A descriptor that is readable once a signal has come, for a poll loop; nil if there is none.
  /// From the call on, the signals no longer end the process by themselves.
  var watch: @Sendable () -> Int32?
  /// Ends the watch: signals act again as they did before.
  var unwatch: @Sendable () -> Void
  /// Ends the process by the signal that came while watching.
  var endBySignalSeen: @Sendable () -> Void

  /// Lets signals through again: one that came meanwhile ends the process now.
  func release() {
    if let signal = letThrough() { end(signal) }
  }
}
