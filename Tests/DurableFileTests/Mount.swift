import TestSupport

/// Something mounted for the length of a test.
final class Mount {
  private let path: String
  /// Removed only once nothing is mounted on it any more.
  private let folder: TemporaryFolder?

  struct Failed: Error { let message: String }

  init(tmpfs folder: TemporaryFolder, size: String) throws {
    path = folder.path
    self.folder = folder
    try Self.run(["-t", "tmpfs", "-o", "size=\(size),mode=0700", "tmpfs", path])
  }

  init(binding source: String, at path: String) throws {
    self.path = path
    folder = nil
    try Self.run(["--bind", source, path])
  }

  deinit { _ = try? Child.run("/usr/bin/umount", ["-l", path]) }

  private static func run(_ arguments: [String]) throws {
    let outcome = try Child.run("/usr/bin/mount", arguments)
    if outcome.status != 0 { throw Failed(message: outcome.errors) }
  }
}

/// Whether `mount` works here: not in a container without the right to it.
let canMount: Bool = {
  guard isRoot else { return false }
  return (try? Mount(tmpfs: TemporaryFolder(), size: "64k")) != nil
}()
