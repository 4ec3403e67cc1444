import Glibc
import Paths

/// The user and group that a file belongs to.
struct FileOwner: Equatable {
  let user: UInt32
  let group: UInt32

  /// The owner of `file`. If it is absent, the one it will have: this user, or for root the owner of
  /// the folder, who couldn't use the file otherwise.
  init(of file: stat?, in folder: PathStep?) {
    if let file {
      (user, group) = (file.st_uid, file.st_gid)
    } else if let folder, geteuid() == 0 {
      (user, group) = (folder.owner, folder.group)
    } else {
      (user, group) = (geteuid(), getegid())
    }
  }
}

/// What the password database says about a user.
struct PasswordEntry {
  let group: UInt32
  let home: String

  /// nil when the database doesn't know `user`.
  static func of(_ user: UInt32) -> PasswordEntry? {
    var size = 1 << 10
    // The size of the buffer for the entry's strings can't be known in advance; 1 MiB is plenty.
    while size <= 1 << 20 {
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      var buffer = [CChar](repeating: 0, count: size)
      let (code, known) = buffer.withUnsafeMutableBufferPointer {
        strings -> (Int32, PasswordEntry?) in
        guard let start = strings.baseAddress else { return (ERANGE, nil) }
        let code = getpwuid_r(user, &entry, start, strings.count, &found)
        guard code == 0, found != nil, let home = entry.pw_dir else { return (code, nil) }
        return (code, PasswordEntry(group: entry.pw_gid, home: String(cPath: home)))
      }
      if code == EINTR { continue }
      if code != ERANGE { return known }
      size *= 2
    }
    return nil
  }
}
