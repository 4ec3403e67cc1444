import CSystem
import Glibc
import Paths

/// A folder held open. Its files are reached through the descriptor, so renaming folders meanwhile
/// redirects nothing.
final class Folder {
  /// The folder's path, named in failures.
  let path: String
  /// Opened with O_PATH: the permission to pass through is enough.
  let descriptor: Descriptor

  private init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
    path = descriptor.path
  }

  /// Opens `path`, absolute and free of symbolic links, one part after the other. Also tells to whom
  /// each part belongs, `/` first. A part that has become a link since is refused.
  static func open(
    _ path: String
  ) throws(FileFailure) -> (folder: Folder, passed: [PathStep]) {
    let root = csystem_open_folder(AT_FDCWD, "/", 0)
    guard root >= 0 else { throw .current("openat", "/") }
    var folder = Folder(Descriptor(root, path: "/"))
    var passed = [PathStep(path: "/", status: try folder.descriptor.status())]
    for part in path.pathParts {
      guard let next = folder.child(part) else {
        let whole = folder.path(of: part)
        switch errno {
        case ENOENT: throw .folderMissing(path: whole)
        case ELOOP, ENOTDIR: throw .notAFolder(path: whole)
        case EACCES: throw .notReadable(path: whole, errno: EACCES)
        default: throw .current("openat", whole)
        }
      }
      folder = next
      passed.append(PathStep(path: folder.path, status: try folder.descriptor.status()))
    }
    return (folder, passed)
  }

  /// The folder `name` in this one; nil, with `errno` set, when it can't be opened.
  func child(_ name: String, followingLink: Bool = false) -> Folder? {
    let number = csystem_open_folder(descriptor.number, name.pathBytes, followingLink ? 1 : 0)
    return number < 0 ? nil : Folder(Descriptor(number, path: path(of: name)))
  }

  func path(of name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

  /// The names in the folder.
  func names() throws(FileFailure) -> [String] {
    let number = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0, let stream = fdopendir(number) else {
      let failure = FileFailure.current("fdopendir", path)
      if number >= 0 { close(number) }
      throw failure
    }
    defer { closedir(stream) }
    return FolderNames.read(stream)
  }

  /// What `name` is, without following a link; nil when there is no such name.
  func status(of name: String) throws(FileFailure) -> stat? {
    var status = stat()
    if fstatat(descriptor.number, name.pathBytes, &status, AT_SYMLINK_NOFOLLOW) == 0 {
      return status
    }
    switch errno {
    case ENOENT: return nil
    case EACCES: throw .notReadable(path: path(of: name), errno: EACCES)
    default: throw .current("fstatat", path(of: name))
    }
  }

  /// Opens `name` with `flags`: never through a link, never waiting, never inherited by a child.
  /// Returns nil, with `errno` set, where openat(2) returns −1.
  func open(_ name: String, _ flags: Int32, mode: mode_t = 0) -> Descriptor? {
    let always = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let number = uninterrupted { openat(descriptor.number, name.pathBytes, flags | always, mode) }
    return number < 0 ? nil : Descriptor(number, path: path(of: name))
  }

  /// The content of the regular file `name`; nil when there is none. Anything whose mere opening
  /// could block or have an effect is refused unopened.
  func snapshot(of name: String) throws(FileFailure) -> FileSnapshot? {
    guard let status = try status(of: name) else { return nil }
    try Self.requireRegular(status, path(of: name))
    guard let file = open(name, O_RDONLY) else {
      switch errno {
      case ENOENT: return nil
      case EACCES, EPERM: throw .notReadable(path: path(of: name), errno: errno)
      case ELOOP: throw .changedKind(path: path(of: name))
      default: throw .current("openat", path(of: name))
      }
    }
    try Self.requireRegular(try file.status(), path(of: name))
    return try file.snapshot()
  }

  static func requireRegular(_ status: stat, _ path: String) throws(FileFailure) {
    if status.isFolder { throw .isFolder(path: path) }
    if status.isLink { throw .changedKind(path: path) }
    if !status.isRegular { throw .isSpecial(path: path) }
  }

  func remove(_ name: String) throws(FileFailure) {
    guard unlinkat(descriptor.number, name.pathBytes, 0) == 0 || errno == ENOENT else {
      throw .current("unlinkat", path(of: name))
    }
  }

  /// Whether names can be made, replaced and removed here, and the folder synced.
  var isWritable: Bool {
    faccessat(descriptor.number, ".", R_OK | W_OK | X_OK, AT_EACCESS) == 0
  }

  /// Returns when the folder's entries are on the disk.
  func sync() throws(FileFailure) {
    // A descriptor opened with O_PATH can't be synced.
    let number = uninterrupted {
      openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    // A user who may not list the folder has changed nothing in it.
    guard number >= 0 || errno != EACCES else { return }
    guard number >= 0 else { throw .current("openat", path) }
    let listed = Descriptor(number, path: path)
    // Some network file systems can't sync a folder; then there is nothing to wait for.
    guard uninterrupted({ fsync(listed.number) }) == 0 || errno == EINVAL || errno == ENOTSUP
    else { throw .current("fsync", path) }
  }
}
