import Glibc
import TestSupport

/// Something mounted for the length of a test.
final class Mount {
  private let path: String
  /// Removed only once nothing is mounted on it any more.
  private let folder: TemporaryFolder?
  /// What answers for a FUSE.
  private var server: Child?

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

  /// `source` at `path` by way of bindfs(1), a FUSE, which can play what others don't offer.
  init(bindfs options: [String], _ source: String, at path: String) throws {
    self.path = path
    folder = nil
    let before = Self.device(path)
    server = try Child(Self.bindfs, ["-f"] + options + [source, path])
    guard eventually(within: 5, { Self.device(path) != before }) else {
      throw Failed(message: "bindfs mounts nothing")
    }
  }

  private static func device(_ path: String) -> dev_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_dev : nil
  }

  static let bindfs = "/usr/bin/bindfs"

  deinit {
    _ = try? Child.run("/usr/bin/umount", ["-l", path])
    server?.signal(SIGTERM)
    _ = server?.wait(seconds: 5)
  }

  private static func run(_ arguments: [String]) throws {
    let outcome = try Child.run("/usr/bin/mount", arguments)
    if outcome.status != 0 { throw Failed(message: outcome.errors) }
  }
}

/// Whether bindfs(1) works here.
let canBind: Bool = {
  guard isInstalled(Mount.bindfs) else { return false }
  let (source, folder) = (TemporaryFolder(), TemporaryFolder())
  return (try? Mount(bindfs: [], source.path, at: folder.path)) != nil
}()

/// Whether `mount` works here: not in a container without the right to it.
let canMount: Bool = {
  guard isRoot else { return false }
  return (try? Mount(tmpfs: TemporaryFolder(), size: "64k")) != nil
}()
