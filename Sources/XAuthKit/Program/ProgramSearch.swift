import Glibc

/// Where a program may be, as a shell looks for it (POSIX XBD 8.3, PATH).
enum ProgramSearch {
  /// What exec(3) takes when there is no PATH.
  private static let defaultPath = "/bin:/usr/bin"

  /// The paths to try, in order. An empty element of PATH is the working folder.
  static func candidates(_ name: String, path: String?) -> [String] {
    if name.isEmpty { return [] }
    if name.utf8.contains(UInt8(ascii: "/")) { return [name] }
    return (path ?? defaultPath).split(separator: ":", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "./\(name)" : $0.hasSuffix("/") ? "\($0)\(name)" : "\($0)/\(name)"
    }
  }

  /// The first of them that is a file and may be executed; if there is none, why: EACCES if one was
  /// there and may not be executed, else ENOENT.
  static func locate(_ name: String, path: String?) throws(ProgramNotStarted) -> String {
    var failure = ENOENT
    for candidate in candidates(name, path: path) {
      guard let errno = errnoOfExecuting(candidate) else { return candidate }
      if errno == EACCES { failure = EACCES }
    }
    throw ProgramNotStarted(name: name, errno: failure)
  }

  private static func errnoOfExecuting(_ path: String) -> Int32? {
    var facts = stat()
    guard stat(path, &facts) == 0, access(path, X_OK) == 0 else { return errno }
    // A folder that may be searched passes access(2), and fails to execute with EACCES.
    return facts.st_mode & S_IFMT == S_IFREG ? nil : EACCES
  }
}
