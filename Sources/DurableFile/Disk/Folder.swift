import CSystem
import Glibc

/// A folder held open: its files are reached through the descriptor, so that somebody who renames
/// folders meanwhile redirects nothing.
final class Folder {
  /// The folder's path, named in failures.
  let path: String
  /// Opened with O_PATH: being allowed to pass through is enough.
  let descriptor: Descriptor

  init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
    path = descriptor.path
  }

  func path(of name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

  /// What `name` is, without following a link; nil when there is no such name.
  func status(of name: String) throws(FileFailure) -> stat? {
    var status = stat()
    if fstatat(descriptor.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
    switch errno {
    case ENOENT: return nil
    case EACCES: throw .notReadable(path: path(of: name), errno: EACCES)
    default: throw .current("fstatat", path(of: name))
    }
  }

  /// Opens `name` by `flags`, never through a link, never waiting, never inherited; −1 is returned
  /// as nil, with `errno` set.
  func open(_ name: String, _ flags: Int32, mode: mode_t = 0) -> Descriptor? {
    let always = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let number = uninterrupted { openat(descriptor.number, name, flags | always, mode) }
    return number < 0 ? nil : Descriptor(number, path: path(of: name))
  }

  /// The folder `name` in this one; nil, with `errno` set, when it can't be opened.
  func child(_ name: String, followingLink: Bool = false) -> Folder? {
    let number = csystem_open_folder(descriptor.number, name, followingLink ? 1 : 0)
    return number < 0 ? nil : Folder(Descriptor(number, path: path(of: name)))
  }

  /// What the regular file `name` holds; nil when there is none. Refuses what could block or do
  /// something on being opened, before opening it.
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

  func remove(_ name: String) throws(FileFailure) {
    guard unlinkat(descriptor.number, name, 0) == 0 || errno == ENOENT else {
      throw .current("unlinkat", path(of: name))
    }
  }

  /// The folder's entries reach the disk.
  func sync() throws(FileFailure) {
    // A descriptor opened with O_PATH can't be synced.
    let number = uninterrupted {
      openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    // Whoever may not list the folder has changed nothing in it.
    guard number >= 0 || errno != EACCES else { return }
    guard number >= 0 else { throw .current("openat", path) }
    let listed = Descriptor(number, path: path)
    // Some network file systems have no such operation on a folder; there is nothing to wait for.
    guard uninterrupted({ fsync(listed.number) }) == 0 || errno == EINVAL || errno == ENOTSUP
    else { throw .current("fsync", path) }
  }

  /// Whether names can be made, replaced and removed here, and the folder synced.
  var isWritable: Bool {
    faccessat(descriptor.number, ".", R_OK | W_OK | X_OK, AT_EACCESS) == 0
  }

  static func requireRegular(_ status: stat, _ path: String) throws(FileFailure) {
    if status.isFolder { throw .isFolder(path: path) }
    if status.isLink { throw .changedKind(path: path) }
    if !status.isRegular { throw .isSpecial(path: path) }
  }
}
