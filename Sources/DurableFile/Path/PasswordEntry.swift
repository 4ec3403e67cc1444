import Glibc

/// What the password database says of a user.
struct PasswordEntry {
  let group: UInt32
  let home: String

  /// nil when the database doesn't know `user`.
  static func of(_ user: UInt32) -> PasswordEntry? {
    var size = 1 << 10
    // The entry's strings need a buffer whose size nobody tells in advance; 1 MiB is far above any.
    while size <= 1 << 20 {
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      var buffer = [CChar](repeating: 0, count: size)
      let (code, known) = buffer.withUnsafeMutableBufferPointer {
        strings -> (Int32, PasswordEntry?) in
        guard let start = strings.baseAddress else { return (ERANGE, nil) }
        let code = getpwuid_r(user, &entry, start, strings.count, &found)
        guard code == 0, found != nil, let home = entry.pw_dir else { return (code, nil) }
        return (code, PasswordEntry(group: entry.pw_gid, home: String(cString: home)))
      }
      if code == EINTR { continue }
      if code != ERANGE { return known }
      size *= 2
    }
    return nil
  }
}
