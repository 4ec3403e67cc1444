import Glibc

/// A folder or symbolic link on the way to a file, and who controls it.
struct PathStep: Equatable {
  let path: String
  let owner: UInt32
  let group: UInt32
  /// Type and permission bits of stat(2).
  let mode: UInt32
}

extension PathStep {
  init(path: String, status: stat) {
    self.init(path: path, owner: status.st_uid, group: status.st_gid, mode: status.st_mode)
  }
}

/// Whom root trusts to decide where a path leads: root and the file's owner, nobody else.
///
/// Otherwise a user with a symbolic link could make root write to any file of the system.
struct PathTrust {
  /// The file's owner.
  let owner: UInt32
  /// The owner's own group, which is trusted like the owner: many systems make a group for each user
  /// and give it write permission. Looked up only when needed, because the password database may be
  /// on a server.
  let ownGroup: () -> UInt32?
  /// The access list of the folder at a path, looked up only when needed too.
  var accessList: (String) throws(FileFailure) -> AccessList? = AccessList.ofFolder

  func check(_ step: PathStep) throws(FileFailure) {
    guard step.owner == 0 || step.owner == owner else {
      throw .untrusted(path: step.path, owner: step.owner)
    }
    // A link's own mode means nothing. In a sticky folder (/tmp) users can replace only what is their
    // own, which is the next step to be checked.
    guard step.mode & S_IFMT != S_IFLNK, step.mode & S_ISVTX == 0 else { return }
    guard step.mode & 0o002 == 0, try trustsGroup(of: step) else {
      throw .untrustedMode(path: step.path, mode: step.mode & 0o7777)
    }
  }

  /// Whether all for whom the group's write bit is set are trusted. Where there is an access list, it is
  /// set for everybody whom the list lets write.
  private func trustsGroup(of step: PathStep) throws(FileFailure) -> Bool {
    guard step.mode & 0o020 != 0 else { return true }
    let writers = try accessList(step.path)?.writers ?? [.owningGroup]
    return writers.allSatisfy { writer in
      switch writer {
      case .user(let user): user == 0 || user == owner
      case .group(let group): group == 0 || group == ownGroup()
      case .owningGroup: step.group == 0 || step.group == ownGroup()
      }
    }
  }

  /// Checks a symbolic link by the kernel's rule for them, protected_symlinks (proc_sys_fs(5)): in a
  /// sticky folder that everybody may write to, a link is followed only by its owner, or if the
  /// folder's owner made it. The kernel itself has no say where we follow a link part by part.
  static func checkLink(_ path: String, _ link: stat, in folder: stat) throws(FileFailure) {
    guard folder.isOpenToAll, link.st_uid != geteuid(), link.st_uid != folder.st_uid else { return }
    throw .leadsElsewhere(path: path, owner: link.st_uid)
  }

  /// Checks a file that is to be written. In such a folder anybody may have put one of their own there
  /// (the kernel's protected_regular is about those), or given one of this user's a second name
  /// (unless its protected_hardlinks is on).
  static func checkFile(_ path: String, _ file: stat, in folder: stat) throws(FileFailure) {
    guard folder.isOpenToAll else { return }
    guard file.st_uid == geteuid() || file.st_uid == folder.st_uid else {
      throw .notOwner(path: path, owner: file.st_uid)
    }
    guard file.st_nlink <= 1 else { throw .leadsElsewhere(path: path, owner: nil) }
  }

  /// Checks every step if this is root; for everybody else the kernel's permissions are enough.
  static func check(_ steps: [PathStep], for owner: FileOwner) throws(FileFailure) {
    guard geteuid() == 0 else { return }
    let trust = PathTrust(owner: owner.user, ownGroup: { PasswordEntry.of(owner.user)?.group })
    for step in steps { try trust.check(step) }
  }
}

extension stat {
  /// Whether it is a folder in which everybody may make names, and only remove their own, as in /tmp.
  fileprivate var isOpenToAll: Bool {
    let both = S_ISVTX | S_IWOTH
    return st_mode & both == both
  }
}
