import Glibc

extension LockedFile {
  /// Waits for `target`'s locks, at most `timeout` seconds in all, and takes them.
  ///
  /// Leftovers of killed runs are put in order: a save in place that was cut off is finished, and
  /// half-written temporary files are removed.
  ///
  /// - Parameters:
  ///   - createIfAbsent: whether an absent file is created, empty and 0600; otherwise `notFound`.
  ///   - waiting: called once, when the lock turns out to be somebody else's.
  /// - Throws: every refusal before anything is created; `lockTimedOut`, `cannotLock`,
  ///   `replacedOutside`, `journalNewer`, `stateFolderUnsafe`, `notOwner`, `noStateFolder`,
  ///   `noSpace`.
  public static func acquire(
    _ target: FileTarget, timeout: Double, createIfAbsent: Bool,
    waiting: () -> Void
  ) throws(FileFailure) -> LockedFile {
    var wait = LockWait(seconds: timeout, path: target.path)
    while true {
      let place = try FilePlace.open(target)
      if try place.openForWriting() == nil {
        guard createIfAbsent else { throw .notFound(path: target.path) }
        try place.requireCreatable()
      }
      let state = try require(OpenStateFolder.find(for: place, create: true), place)
      let stateLock = try state.openFile("lock")
      try wait.lock(stateLock, waiting: waiting)
      // Somebody may have removed the whole folder while we waited; a lock without a name excludes
      // nobody.
      guard try isNamed(stateLock, state.folder.path(of: "lock")) else {
        try wait.again()
        continue
      }
      var lock = FileLock(place, createIfAbsent: createIfAbsent)
      let file = try lock.acquire(&wait, waiting: waiting)
      let session = LockSession(
        place: place, state: state, stateLock: stateLock, file: file,
        journal: try Journal(in: state))
      let isRepaired = try RedoFile.repair(session, wasCreated: lock.wasCreated)
      return LockedFile(
        session, wasCreated: lock.wasCreated, wasRepaired: isRepaired,
        leftover: try Leftover.find(in: state.folder))
    }
  }

  private static func require(
    _ state: OpenStateFolder?, _ place: FilePlace
  ) throws(FileFailure) -> OpenStateFolder {
    guard let state else { throw .noStateFolder(path: place.target.stateFolderPath, errno: ENOENT) }
    return state
  }

  private static func isNamed(_ file: Descriptor, _ path: String) throws(FileFailure) -> Bool {
    var named = stat()
    guard lstat(path, &named) == 0 else { return false }
    return FileIdentity(named).isSameFile(as: FileIdentity(try file.status()))
  }
}
