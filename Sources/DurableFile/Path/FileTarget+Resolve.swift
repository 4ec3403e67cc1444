import Glibc

extension FileTarget {
  /// Finds the file behind `path`, which is relative to `workingFolder` (absolute) unless it is
  /// absolute itself.
  ///
  /// The file may be absent, also at the end of a symbolic link; its folder may not.
  ///
  /// - Throws: `folderMissing`, `danglingLink`, `linkLoop`, `notAFolder`, `notReadable`, `isFolder`,
  ///   `isSpecial`; as root `untrusted` and `untrustedMode`.
  public static func resolve(
    _ path: String, from workingFolder: String
  ) throws(FileFailure) -> FileTarget {
    // A C string would end at the zero byte and name another file.
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .notFound(path: path) }
    let absolute = path.isAbsolutePath ? path : "\(workingFolder)/\(path)"
    try refuseSpecial(absolute)
    var walk = PathWalk(absolute)
    try walk.run()
    let owner = FileOwner(of: walk.found, in: walk.steps.last)
    try PathTrust.check(walk.steps, for: owner)
    return FileTarget(path: walk.path)
  }

  // Links of /proc/self/fd (`<(…)` in a shell) lead to pipes without a name, which no walk finds.
  private static func refuseSpecial(_ path: String) throws(FileFailure) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    if status.isFolder { throw .isFolder(path: path) }
    if !status.isRegular { throw .isSpecial(path: path) }
  }
}
