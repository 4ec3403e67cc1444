import Glibc

extension OpenStateFolder {
  private static func name(of file: FilePlace) -> String { "\(file.name).xauth" }

  /// The folder beside the file, nil when there is none.
  static func openBeside(_ file: FilePlace) throws(FileFailure) -> OpenStateFolder? {
    guard let folder = file.folder.child(name(of: file)) else {
      let code = errno
      if code == ENOENT || code == ENAMETOOLONG { return nil }
      guard code == ENOTDIR || code == ELOOP else {
        throw .of(code, "openat", file.target.stateFolderPath)
      }
      let status = try file.folder.status(of: name(of: file))
      if let status, status.isRegular {
        throw .stateNotAFolder(path: file.target.stateFolderPath)
      }
      throw .stateFolderUnsafe(
        path: file.target.stateFolderPath, owner: status?.st_uid ?? 0,
        mode: UInt32(status?.st_mode ?? 0) & 0o7777)
    }
    // A run of root's that was killed between making and giving. Only an empty folder is surely of
    // root's own making: the owner may have put another of root's here, to be given it.
    if geteuid() == 0, try folder.names().isEmpty { try giveAway(folder, to: file.owner) }
    return try trusted(folder, isBesideFile: true, of: file)
  }

  /// Makes the folder beside the file; returns the errno that says why it can't be there.
  static func makeBeside(_ file: FilePlace) throws(FileFailure) -> Int32? {
    let name = name(of: file)
    guard mkdirat(file.folder.descriptor.number, name, 0o700) == 0 else {
      switch errno {
      case EEXIST: return nil
      case EACCES, EPERM, EROFS, ENAMETOOLONG: return errno
      default: throw .current("mkdirat", file.target.stateFolderPath)
      }
    }
    do {
      return try furnish(name, file)
    } catch {
      _ = unlinkat(file.folder.descriptor.number, name, AT_REMOVEDIR)
      throw error
    }
  }

  private static func furnish(
    _ name: String, _ file: FilePlace
  ) throws(FileFailure) -> Int32? {
    guard let folder = file.folder.child(name) else {
      throw .current("openat", file.target.stateFolderPath)
    }
    // A file system without permissions (a Windows drive) leaves the folder open to everybody.
    _ = fchmodat(folder.descriptor.number, ".", 0o700, 0)
    if geteuid() == 0 { try giveAway(folder, to: file.owner) }
    let status = try folder.descriptor.status()
    guard status.st_mode & 0o022 == 0 else {
      _ = unlinkat(file.folder.descriptor.number, name, AT_REMOVEDIR)
      return EPERM
    }
    // Made in a folder that its members share, it is ours and not the owner's, who couldn't use it.
    guard status.st_uid == file.owner.user || status.st_uid == 0 else {
      throw .notOwner(path: file.path, owner: file.owner.user)
    }
    try file.folder.sync()
    return nil
  }

  // What root made belongs to the file's owner, who could otherwise not enter it.
  private static func giveAway(_ folder: Folder, to owner: FileOwner) throws(FileFailure) {
    let status = try folder.descriptor.status()
    guard status.st_uid == 0, owner.user != 0 else { return }
    guard fchownat(folder.descriptor.number, ".", owner.user, owner.group, 0) == 0 else {
      throw .current("fchownat", folder.path)
    }
  }
}
