import Paths
import Rotation
import CSystem
import DurableFile
import FoundationEssentials
import Glibc
import HTTP

extension Context {
  /// The world as it is. Arguments and environment are read once, here.
  public static func live() -> Context {
    StandardStreams.fillGaps()
    let environment = Environment.live()
    let arguments = processArguments()
    // Whoever starts a program chooses its name, which help and messages repeat.
    let name = (arguments.first ?? "").split(separator: "/").last.map { String($0).onOneLine } ?? ""
    let inherited = ProgramSignals.current()
    let programs = Programs.live(inherited)
    // To write beyond the limit on file sizes (setrlimit(2), RLIMIT_FSIZE), or to a reader that has
    // gone, is then an error that can be handled.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    return Context(
      programName: name.isEmpty ? "xauth" : name,
      arguments: Array(arguments.dropFirst()), environment: environment,
      workingFolder: workingFolder(), clock: .live, randomBytes: randomBytes,
      standardOutput: .live(STDOUT_FILENO), standardError: .live(STDERR_FILENO),
      terminal: .live(),
      openNetwork: { () throws(HTTPLibraryUnavailable) in
        try Network.live(environment)
      },
      openHTTPClient: { () throws(HTTPLibraryUnavailable) in
        try HTTPClient.open(environment: environment.all)
      },
      openStore: { place throws(Failure) in try .live(place, environment, programs) },
      programs: programs,
      desktop: { .current(environment: environment.all, kernelVersion: kernelVersion()) },
      hasPipedInput: StandardStreams.hasPipedInput,
      remote: { RemoteSession(environment: environment.all) { access($0, F_OK) == 0 } },
      hostName: hostName, awaitReadable: awaitReadable,
      git: .live(environment, programs), signals: .live(inherited), reached: stepHook(),
      isThisProgram: isThisProgram,
      renewalTimer: {
        let user = environment["USER"] ?? environment["LOGNAME"]
        return .find(for: $0, environment.all, user: user)
      }, linkedLibraries: LinkedLibrary.live(), appendLines: AppendedFile.append)
  }

  /// `CommandLine.arguments` reads /proc/self/cmdline, and is empty where that can't be read (a chroot
  /// without /proc): every command would then print the help and succeed.
  private static func processArguments() -> [String] {
    let count = csystem_argument_count()
    guard count > 0 else { return CommandLine.arguments }
    return (0..<count).map { csystem_argument($0).map { String(cPath: $0) } ?? "" }
  }

  /// Whether the file at `path` is the program that is running, under whatever name (proc(5),
  /// /proc/self/exe).
  private static let isThisProgram: @Sendable (String) -> Bool = { path in
    var found = stat()
    var running = stat()
    guard stat(path.pathBytes, &found) == 0, stat("/proc/self/exe", &running) == 0 else {
      return false
    }
    return found.st_dev == running.st_dev && found.st_ino == running.st_ino
  }

  private static func kernelVersion() -> String? {
    FileManager.default.contents(atPath: "/proc/version")
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func workingFolder() -> String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cPath: path)
  }

  private static let hostName: @Sendable () -> String = {
    var name = [CChar](repeating: 0, count: 256)
    // POSIX leaves it open whether a name that was cut short ends with a zero.
    guard gethostname(&name, name.count - 1) == 0 else { return "HOST" }
    return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "HOST" }
  }

  private static let awaitReadable: @Sendable ([Int32], Double) -> Int32? = {
    descriptors, deadline in
    var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let milliseconds = (deadline - Clock.live.uptime()) * 1000
    guard poll(&polled, nfds_t(polled.count), Int32(min(max(0, milliseconds), 60_000))) > 0 else {
      return nil
    }
    return polled.first { $0.revents != 0 }?.fd
  }

  private static let randomBytes: @Sendable (Int) throws(Failure) -> [UInt8] = {
    count throws(Failure) in
    var bytes = [UInt8](repeating: 0, count: count)
    guard getentropy(&bytes, count) == 0 else {
      throw .unexpected("the system gives no randomness (\(systemText(errno)))")
    }
    return bytes
  }

  /// In a debug build a test may end the process between two steps of the protocol, as a kill would.
  private static func stepHook() -> @Sendable (RotationStep) -> Void {
    #if DEBUG
      if let step = getenv("XAUTH_DEBUG_KILL_AFTER").map({ String(cString: $0) }) {
        return { if $0.rawValue == step { kill(getpid(), SIGKILL) } }
      }
    #endif
    return { _ in }
  }
}
