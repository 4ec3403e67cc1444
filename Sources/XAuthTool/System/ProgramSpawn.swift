import DurableFile
import FoundationEssentials
import Glibc
import Paths

/// One call of posix_spawn(3): what the child is, and what it starts with.
struct ProgramSpawn {
  /// What one of the child's standard streams is.
  enum Stream {
    case null
    case descriptor(Int32)
  }

  /// From <spawn.h>, which shows it to GNU sources only.
  private static let setsid: Int16 = 0x80

  let arguments: [String]
  let environment: Environment
  /// Standard input, output, error.
  let streams: [Stream]
  let signals: ProgramSignals
  var isDetached = false
  /// The program's path, where its name doesn't lead to it.
  var path: String? = nil

  /// Starts the child.
  func start() throws(ProgramNotStarted) -> pid_t {
    let name = arguments.first ?? ""
    let path =
      if let path { path } else {
        try ProgramSearch.locate(name, path: environment.all["PATH"])
      }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    signals.apply(to: &attributes)
    let flags = Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
    posix_spawnattr_setflags(&attributes, isDetached ? flags | Self.setsid : flags)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    prepare(&actions)

    var child: pid_t = 0
    let result = withVector(arguments.map(\.pathBytes)) { arguments in
      withVector(environment.assignments) { environment in
        posix_spawn(&child, path.pathBytes, &actions, &attributes, arguments, environment)
      }
    }
    guard result == 0 else { throw ProgramNotStarted(name: name, errno: result) }
    return child
  }

  private func prepare(_ actions: inout posix_spawn_file_actions_t) {
    for (number, stream) in zip(Int32(0)..., streams) {
      switch stream {
      case .null: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
      case .descriptor(let source): posix_spawn_file_actions_adddup2(&actions, source, number)
      }
    }
    guard isDetached else { return }
    // This process's own close by themselves. One that a caller opened, such as the lock of
    // `flock 9`, would stay open for as long as a browser runs.
    for descriptor in Self.openDescriptors() where descriptor > 2 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
  }

  private static func openDescriptors() -> [Int32] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return (names ?? []).compactMap { Int32($0) }
  }
}

/// Calls `body` with an argument or environment vector of exec(3), ended by NULL. Each string ends
/// with a zero.
func withVector<Result>(
  _ strings: [[CChar]], _ body: (_ vector: [UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let vector = strings.map { strdup($0) } + [nil]
  defer { for string in vector { free(string) } }
  return body(vector)
}

/// Where a program may be, as a shell looks for it (POSIX XBD 8.3, PATH).
enum ProgramSearch {
  /// What exec(3) takes when there is no PATH.
  private static let defaultPath = "/bin:/usr/bin"

  /// The paths to try, in order. An empty element of PATH is the working folder.
  static func candidates(_ name: String, path: String?) -> [String] {
    if name.isEmpty { return [] }
    if name.utf8.contains(UInt8(ascii: "/")) { return [name] }
    return (path ?? defaultPath).split(separator: ":", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "./\(name)" : $0.hasSuffix("/") ? "\($0)\(name)" : "\($0)/\(name)"
    }
  }

  /// A PATH without its relative and empty elements: they are in the working folder, which may be in
  /// anybody's repository.
  static func absolute(_ path: String) -> String {
    let elements = path.split(separator: ":").filter { $0.hasPrefix("/") }
    // An empty PATH would be the working folder.
    return elements.isEmpty ? "/dev/null" : elements.joined(separator: ":")
  }

  /// The first of them that is a file and may be executed; if there is none, why: EACCES if one was
  /// there and may not be executed, else ENOENT.
  static func locate(_ name: String, path: String?) throws(ProgramNotStarted) -> String {
    var failure = ENOENT
    for candidate in candidates(name, path: path) {
      guard let errno = errnoOfExecuting(candidate) else { return candidate }
      if errno == EACCES { failure = EACCES }
    }
    throw ProgramNotStarted(name: name, errno: failure)
  }

  private static func errnoOfExecuting(_ path: String) -> Int32? {
    var facts = stat()
    guard stat(path.pathBytes, &facts) == 0, access(path.pathBytes, X_OK) == 0 else { return errno }
    // A folder that may be searched passes access(2), and fails to execute with EACCES.
    return facts.st_mode & S_IFMT == S_IFREG ? nil : EACCES
  }
}
