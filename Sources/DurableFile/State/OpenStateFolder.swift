import Glibc

/// A state folder held open.
struct OpenStateFolder {
  let place: StateFolder
  let folder: Folder
  /// Whose everything in it is.
  let owner: FileOwner

  /// An existing one is preferred, whoever of the users that may use it made it: the first run's
  /// choice must be everybody's. With `create` there is one afterwards, and git ignores it.
  static func find(
    for file: FilePlace, create: Bool
  ) throws(FileFailure) -> OpenStateFolder? {
    var state = try existing(for: file)
    guard create else { return state }
    if state == nil { state = try make(for: file) }
    try state?.hideFromGit()
    return state
  }

  private static func existing(for file: FilePlace) throws(FileFailure) -> OpenStateFolder? {
    if let beside = try openBeside(file) { return beside }
    return try openAtHome(file, create: false)
  }

  private static func make(for file: FilePlace) throws(FileFailure) -> OpenStateFolder? {
    guard let reason = try makeBeside(file) else { return try openBeside(file) }
    if let home = try openAtHome(file, create: true) { return home }
    throw .noStateFolder(path: file.target.stateFolderPath, errno: reason)
  }

  /// Opens file `name` in the folder to read and write, made 0600 if need be.
  func openFile(_ name: String) throws(FileFailure) -> Descriptor {
    guard let file = folder.open(name, O_RDWR | O_CREAT, mode: 0o600) else {
      switch errno {
      case ELOOP, EISDIR, ENXIO: throw unsafe(try folder.status(of: name), name)
      case EACCES, EPERM: throw .notWritable(path: folder.path(of: name), errno: errno)
      default: throw .current("openat", folder.path(of: name))
      }
    }
    let status = try file.status()
    let isTrusted = status.st_uid == owner.user || status.st_uid == 0
    guard status.isRegular, status.st_nlink <= 1, isTrusted || geteuid() != 0 else {
      throw unsafe(status, name)
    }
    // Only a file that is still empty is surely of root's own making: the owner may have put
    // another of root's files here, to be given it.
    if geteuid() == 0, status.st_size == 0 { try file.give(to: owner) }
    if status.st_mode & 0o077 != 0 { try file.setMode(0o600) }
    return file
  }

  private func unsafe(_ status: stat?, _ name: String) -> FileFailure {
    .stateFolderUnsafe(
      path: folder.path(of: name), owner: status?.st_uid ?? 0,
      mode: UInt32(status?.st_mode ?? 0) & 0o7777)
  }

  /// Checks that only the file's owner (or root) decides what is in `folder`.
  static func trusted(
    _ folder: Folder, isBesideFile: Bool, of file: FilePlace
  ) throws(FileFailure) -> OpenStateFolder {
    let status = try folder.descriptor.status()
    let mode = UInt32(status.st_mode) & 0o7777
    let isTrusted = status.st_uid == file.owner.user || status.st_uid == 0
    guard isTrusted, mode & 0o022 == 0 else {
      throw .stateFolderUnsafe(path: folder.path, owner: status.st_uid, mode: mode)
    }
    if faccessat(folder.descriptor.number, ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0 {
      if errno == EROFS { throw .readOnlyFileSystem(path: folder.path) }
      if geteuid() != file.owner.user {
        throw .notOwner(path: file.path, owner: file.owner.user)
      }
      throw .stateFolderUnsafe(path: folder.path, owner: status.st_uid, mode: mode)
    }
    return OpenStateFolder(
      place: StateFolder(path: folder.path, isBesideFile: isBesideFile), folder: folder,
      owner: file.owner)
  }
}
