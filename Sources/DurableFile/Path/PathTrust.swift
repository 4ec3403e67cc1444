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

  func check(_ step: PathStep) throws(FileFailure) {
    guard step.owner == 0 || step.owner == owner else {
      throw .untrusted(path: step.path, owner: step.owner)
    }
    // A link's own mode means nothing. In a sticky folder (/tmp) users can replace only what is their
    // own, which is the next step to be checked.
    guard step.mode & S_IFMT != S_IFLNK, step.mode & S_ISVTX == 0 else { return }
    let groupIsTrusted =
      step.mode & 0o020 == 0 || step.group == 0 || step.group == ownGroup()
    let forOthers: UInt32 = groupIsTrusted ? 0o002 : 0o022
    guard step.mode & forOthers == 0 else {
      throw .untrustedMode(path: step.path, mode: step.mode & 0o7777)
    }
  }

  /// Checks every step if this is root; for everybody else the kernel's permissions are enough.
  static func check(_ steps: [PathStep], for owner: FileOwner) throws(FileFailure) {
    guard geteuid() == 0 else { return }
    let trust = PathTrust(owner: owner.user, ownGroup: { PasswordEntry.of(owner.user)?.group })
    for step in steps { try trust.check(step) }
  }
}
