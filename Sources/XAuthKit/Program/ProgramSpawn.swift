import Glibc

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
  let environment: [String: String]
  /// Standard input, output, error.
  let streams: [Stream]
  let signals: ProgramSignals
  var isDetached = false

  /// Starts the child.
  func start() throws(ProgramNotStarted) -> pid_t {
    let name = arguments.first ?? ""
    let path = try ProgramSearch.locate(name, path: environment["PATH"])
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
    let result = ProgramVector.with(arguments, environment) {
      posix_spawn(&child, path, &actions, &attributes, $0, $1)
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
    // Ours close by themselves. A caller's (`flock 9`) would be held for as long as a browser runs.
    for descriptor in Self.openDescriptors() where descriptor > 2 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
  }

  private static func openDescriptors() -> [Int32] {
    guard let folder = opendir("/proc/self/fd") else { return [] }
    defer { closedir(folder) }
    var found: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 } }
      if let descriptor = Int32(String(decoding: name, as: UTF8.self)) { found.append(descriptor) }
    }
    return found
  }
}
