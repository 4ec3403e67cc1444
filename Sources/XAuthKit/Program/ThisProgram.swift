import Glibc

/// The program that is running.
enum ThisProgram {
  /// Whether the file at `path` is it, under whatever name (proc(5), /proc/self/exe).
  static func isAt(_ path: String) -> Bool {
    var its = stat()
    var ours = stat()
    guard stat(path, &its) == 0, stat("/proc/self/exe", &ours) == 0 else { return false }
    return its.st_dev == ours.st_dev && its.st_ino == ours.st_ino
  }
}
