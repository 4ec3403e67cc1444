import Glibc

extension FileTarget {
  /// The folder for files of this user's own: `<home>/.local/state/xauth`.
  ///
  /// - Parameter home: used where the password database doesn't know the user, as in containers that
  ///   run under any number.
  private static func stateHome(_ home: String?) -> String? {
    (PasswordEntry.of(geteuid())?.home ?? home).map { "\($0)/.local/state/xauth" }
  }

  /// A file of this user's own, for what has no file of its own to be kept in. The folders are made,
  /// 0700; the file need not exist.
  ///
  /// - Throws: `noStateHome`, and what `resolve` throws.
  public static func inStateHome(_ name: String, home: String?) throws(FileFailure) -> FileTarget {
    guard let folder = stateHome(home) else {
      throw .noStateHome(path: "~/.local/state/xauth", errno: ENOENT)
    }
    var path = ""
    for part in folder.pathParts {
      path += "/\(part)"
      guard mkdir(path, 0o700) == 0 || [EEXIST, EROFS, EACCES].contains(errno) else {
        throw .noStateHome(path: path, errno: errno)
      }
    }
    return try resolve("\(path)/\(name)", from: "/")
  }

  /// The files of this user's own whose names begin with `prefix` and end in `.env`, in no order that
  /// means anything. Makes nothing.
  public static func allInStateHome(prefix: String, home: String?) -> [FileTarget] {
    guard let path = stateHome(home), let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var targets: [FileTarget] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), name.hasSuffix(".env") else { continue }
      if let target = try? resolve("\(path)/\(name)", from: "/") { targets.append(target) }
    }
    return targets
  }
}
