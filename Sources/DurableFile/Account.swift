import Glibc

/// The user and group that a file belongs to.
struct FileOwner: Equatable {
  let user: UInt32
  let group: UInt32
}

/// What the password database says of a user.
struct Account {
  let group: UInt32
  let home: String

  /// nil when the database doesn't know `user`.
  static func of(_ user: UInt32) -> Account? {
    var size = 1 << 10
    // The entry's strings need a buffer whose size nobody tells in advance; 1 MiB is far above any.
    while size <= 1 << 20 {
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      var buffer = [CChar](repeating: 0, count: size)
      let (code, account) = buffer.withUnsafeMutableBufferPointer { strings -> (Int32, Account?) in
        guard let start = strings.baseAddress else { return (ERANGE, nil) }
        let code = getpwuid_r(user, &entry, start, strings.count, &found)
        guard code == 0, found != nil, let home = entry.pw_dir else { return (code, nil) }
        return (code, Account(group: entry.pw_gid, home: String(cString: home)))
      }
      if code == EINTR { continue }
      if code != ERANGE { return account }
      size *= 2
    }
    return nil
  }
}
