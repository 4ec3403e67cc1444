import Rotation
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
  /// Seconds to wait for another run that holds the lock.
  var lockTimeout = Rotation.lockTimeout
  /// `count` bytes of the system's randomness.
  var randomBytes: @Sendable (_ count: Int) throws(Failure) -> [UInt8]
  /// Standard output: data alone.
  var standardOutput: OutputDescriptor
  /// Standard error: everything for people to read.
  var standardError: OutputDescriptor
  /// The terminal on standard input, if there is one.
  var terminal: Terminal
  /// Opens libcurl; a command that needs no network never calls it.
  var openNetwork: @Sendable () throws(HTTPLibraryUnavailable) -> Network
  /// The same for commands that stream.
  var openHTTPClient: @Sendable () throws(HTTPLibraryUnavailable) -> HTTPClient
  /// Opens a place that several machines share a grant through.
  var openStore: @Sendable (_ place: StorePlace) throws(Failure) -> any SharedStore
  /// Starts other programs.
  var programs: Programs
  /// The kind of system whose browser is opened.
  var desktop: @Sendable () -> BrowserChoice.Desktop
  /// Whether standard input is a pipe or a socket: somebody talks to whatever reads it.
  var hasPipedInput: @Sendable () -> Bool
  /// What separates this process from the user's browser.
  var remote: @Sendable () -> RemoteSession
  /// The name of this machine (gethostname(2)).
  var hostName: @Sendable () -> String
  /// Waits until one of the descriptors is readable, at most until `deadline` on the clock's uptime;
  /// the first that is.
  var awaitReadable: @Sendable (_ descriptors: [Int32], _ deadline: Double) -> Int32?
  /// Asks git about a file.
  var git: Git
  /// Holds the signals that would end a run between using a token and saving its successor.
  var signals: Signals
  /// Called after each step of a rotation. Does nothing in a release; tests of a debug build end the
  /// process there.
  var reached: @Sendable (RotationStep) -> Void
  /// Whether the program at an absolute path is the one that is running.
  var isThisProgram: @Sendable (_ path: String) -> Bool
  /// The systemd timer that renews the file at an absolute path.
  var renewalTimer: @Sendable (_ path: String) -> RenewalTimer?
  /// The libraries that are part of the program; none where the system's are loaded.
  var linkedLibraries: [LinkedLibrary]
  /// Appends whole lines to a file that belongs to another program.
  var appendLines: @Sendable (_ lines: String, _ path: String) throws(Failure) -> Void
}
