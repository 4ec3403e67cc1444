import Glibc

extension FileFailure {
  /// The failure that system call `operation` on `path` met, from `errno` as the call left it.
  static func current(_ operation: String, _ path: String) -> FileFailure {
    of(errno, operation, path)
  }

  /// The failure that `code` of errno(3) means wherever it comes from.
  static func of(_ code: Int32, _ operation: String, _ path: String) -> FileFailure {
    switch code {
    case ENOSPC: .noSpace(path: path)
    case EDQUOT: .quota(path: path)
    case EROFS: .readOnlyFileSystem(path: path)
    default: .system(operation: operation, path: path, errno: code)
    }
  }
}

/// Repeats `call` for as long as a signal interrupts it (EINTR).
func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
