import Glibc

extension FileTarget {
  /// A file of this user's own, for what has no file of its own to be kept in:
  /// `<home>/.local/state/xauth/<name>`. The folders are made, 0700; the file need not exist.
  ///
  /// - Parameter home: used where the password database doesn't know the user, as in containers that
  ///   run under any number.
  /// - Throws: `noStateFolder`, and what `resolve` throws.
  public static func inStateHome(_ name: String, home: String?) throws(FileFailure) -> FileTarget {
    guard let start = Account.of(geteuid())?.home ?? home else {
      throw .noStateFolder(path: ".local/state/xauth", errno: ENOENT)
    }
    var path = start
    for part in [".local", "state", "xauth"] {
      path += "/\(part)"
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw .noStateFolder(path: path, errno: errno)
      }
    }
    return try resolve("\(path)/\(name)", from: "/")
  }
}
