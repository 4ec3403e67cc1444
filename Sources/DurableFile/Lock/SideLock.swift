import Glibc

/// A lock beside the file's own, in the same state folder: for what must not run twice at once but
/// need not keep the file locked. The kernel takes it back when its holder dies.
public struct SideLock: ~Copyable {
  private let file: Descriptor

  /// Waits for the lock called `name` of `target`'s state folder, at most `timeout` seconds.
  ///
  /// - Throws: `lockTimedOut`, `cannotLock`, `stateFolderUnsafe`, `notOwner`, `noStateFolder`, `noSpace`.
  public static func acquire(
    _ name: String, of target: FileTarget, timeout: Double
  ) throws(FileFailure) -> SideLock {
    guard let state = try OpenStateFolder.find(for: try FilePlace.open(target), create: true) else {
      throw .noStateFolder(path: target.stateFolderPath, errno: ENOENT)
    }
    let file = try state.openFile(name)
    var wait = LockWait(seconds: timeout, path: state.folder.path(of: name))
    try wait.lock(file, waiting: {})
    return SideLock(file: file)
  }

  deinit { file.close() }
}
