import CSystem
import Glibc
import Paths

/// A target with its folder held open, and its owner.
struct FilePlace {
  let target: FileTarget
  let folder: Folder
  let name: String
  /// The file's owner, or the one it will have.
  let owner: FileOwner

  var path: String { target.path }

  /// - Throws: as root also `untrusted` and `untrustedMode`: the checks made when the path was
  ///   resolved are repeated on what was opened.
  static func open(_ target: FileTarget) throws(FileFailure) -> FilePlace {
    let (folder, passed) = try Folder.open(target.folderPath)
    let name = target.name
    let owner = FileOwner(of: try folder.status(of: name), in: passed.last)
    try PathTrust.check(passed, for: owner)
    return FilePlace(target: target, folder: folder, name: name, owner: owner)
  }

  /// Opens the file to read and write, nil when there is none.
  ///
  /// - Throws: every reason not to write that a replacement by rename would silently ignore.
  func openForWriting() throws(FileFailure) -> Descriptor? {
    guard let status = try folder.status(of: name) else { return nil }
    try refuse(status)
    guard let file = folder.open(name, O_RDWR) else {
      switch errno {
      case ENOENT: return nil
      case ELOOP: throw .changedKind(path: path)
      case EACCES, EPERM:
        if geteuid() != 0, geteuid() != status.st_uid {
          throw .notOwner(path: path, owner: status.st_uid)
        }
        throw .notWritable(path: path, errno: errno)
      default: throw .current("openat", path)
      }
    }
    try refuse(try file.status())
    return file
  }

  /// Makes sure that `file`, which has no name any more, isn't what the path leads to all the same: then
  /// it is mounted by itself, and what is newer is out of reach. In the middle of a rename(2) that looks
  /// the same for a moment.
  ///
  /// - Throws: `replacedOutside`.
  func requireReplaced(_ file: FileIdentity) throws(FileFailure) {
    let deadline = Deadline(after: 0.1)
    while let named = try folder.status(of: name), named.st_nlink == 0,
      FileIdentity(named).isSameFile(as: file)
    {
      guard deadline.remaining > 0 else { throw .replacedOutside(path: path) }
      Deadline.pause(0.001)
    }
  }

  /// Creates the file, empty and 0600; nil when somebody else has just created it.
  func create() throws(FileFailure) -> Descriptor? {
    guard let file = folder.open(name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600) else {
      switch errno {
      case EEXIST: return nil
      case EACCES, EPERM: throw .folderNotWritable(path: folder.path, errno: errno)
      default: throw .current("openat", path)
      }
    }
    if geteuid() == 0 { try file.give(to: owner) }
    return file
  }

  /// Fails as `create` would, without creating anything.
  func requireCreatable() throws(FileFailure) {
    guard faccessat(folder.descriptor.number, ".", W_OK | X_OK, AT_EACCESS) != 0 else { return }
    if errno == EROFS { throw .readOnlyFileSystem(path: folder.path) }
    throw .folderNotWritable(path: folder.path, errno: errno)
  }

  private func refuse(_ status: stat) throws(FileFailure) {
    try Folder.requireRegular(status, path)
    try PathTrust.checkFile(path, status, in: try folder.descriptor.status())
    let mode = UInt32(status.st_mode) & 0o7777
    guard mode & 0o200 != 0 else { throw .ownerForbidsWriting(path: path, mode: mode) }
    let flags = Int(csystem_inode_flags(folder.descriptor.number, name.pathBytes))
    if flags & csystem_inode_immutable != 0 { throw .immutable(path: path) }
    if flags & csystem_inode_append_only != 0 { throw .appendOnly(path: path) }
  }
}
