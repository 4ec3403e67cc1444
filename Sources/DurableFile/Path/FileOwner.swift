import Glibc

/// The user and group that a file belongs to.
struct FileOwner: Equatable {
  let user: UInt32
  let group: UInt32

  init(user: UInt32, group: UInt32) {
    self.user = user
    self.group = group
  }

  /// Whose `file` is, and if it is absent, whose it will be: ours, or as root its folder's owner's,
  /// who could otherwise not use it.
  init(of file: stat?, in folder: PathStep?) {
    if let file {
      self.init(user: file.st_uid, group: file.st_gid)
    } else if let folder, geteuid() == 0 {
      self.init(user: folder.owner, group: folder.group)
    } else {
      self.init(user: geteuid(), group: getegid())
    }
  }
}
