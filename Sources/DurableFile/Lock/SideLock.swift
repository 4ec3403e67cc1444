import Glibc

/// Another lock in a file's state folder, for something that must not run twice at once but need not
/// keep the file locked. The kernel releases it when its holder dies.
public struct SideLock: ~Copyable {
  private let file: Descriptor

  /// Waits for the lock called `name` in `target`'s state folder, at most `timeout` seconds.
  ///
  /// - Throws: `lockTimedOut`, `cannotLock`, `stateFolderUnsafe`, `notOwner`, `noStateFolder`,
  ///   `noSpace`.
  public static func acquire(
    _ name: String, of target: FileTarget, timeout: Double
  ) throws(FileFailure) -> SideLock {
    let state = try OpenStateFolder.findOrMake(for: try FilePlace.open(target))
    let file = try state.openFile(name)
    var wait = LockWait(seconds: timeout, path: state.folder.path(of: name))
    try wait.lock(file, waiting: {})
    return SideLock(file: file)
  }

  /// Releases it. A lock that is never released is held as long as this value lives.
  public consuming func release() {}

  deinit { file.close() }
}
