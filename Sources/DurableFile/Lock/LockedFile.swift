import Glibc
import Paths

/// A file held for this process alone: first the lock in its state folder is taken, then the one on
/// the file's own inode. Both are held until `release`, or until this value and a replacement made
/// under it are gone.
public struct LockedFile: ~Copyable {
  /// The file.
  public let target: FileTarget
  /// Where lock and journal are.
  public let state: StateFolder
  /// Whether the file was absent and has been created, empty.
  let wasCreated: Bool
  /// Whether an earlier run was cut off while it wrote in place, and its save has been finished now.
  let wasRepaired: Bool

  // Not `let session`: of a chain through one, such as `session.journal.read()`, Swift 6.0 aborts.
  var session: LockSession { heldSession }
  private let heldSession: LockSession

  private init(_ session: LockSession, wasCreated: Bool, wasRepaired: Bool) {
    heldSession = session
    self.wasCreated = wasCreated
    self.wasRepaired = wasRepaired
    target = session.place.target
    state = session.state.place
  }

  // MARK: Locking

  /// Waits for `target`'s locks, at most `timeout` seconds in all, and takes them.
  ///
  /// Cleans up after killed runs: a save in place that was cut off is finished, and half-written
  /// temporary files are removed.
  ///
  /// - Parameters:
  ///   - createIfAbsent: whether an absent file is created, empty and 0600; otherwise `notFound`.
  ///   - waiting: called once, when somebody else turns out to hold a lock.
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
      let state = try OpenStateFolder.findOrMake(for: place)
      let stateLock = try state.openFile("lock")
      try wait.lock(stateLock, waiting: waiting)
      // The whole folder may have been removed during the wait, and a lock without a name excludes
      // nobody.
      guard try isNamed(stateLock, state.folder.path(of: "lock")) else {
        try wait.requireTimeLeft()
        continue
      }
      let (file, wasCreated) = try lockFile(
        at: place, createIfAbsent: createIfAbsent, &wait, waiting: waiting)
      let session = LockSession(
        place: place, state: state, stateLock: stateLock, file: file,
        journal: try Journal(in: state))
      let wasRepaired = try RedoFile.repair(session, wasCreated: wasCreated)
      try Leftover.removeUnfinished(in: state.folder)
      return LockedFile(session, wasCreated: wasCreated, wasRepaired: wasRepaired)
    }
  }

  private static func isNamed(_ file: Descriptor, _ path: String) throws(FileFailure) -> Bool {
    var named = stat()
    guard lstat(path.pathBytes, &named) == 0 else { return false }
    return FileIdentity(named).isSameFile(as: FileIdentity(try file.status()))
  }

  /// Opens and locks the file itself, for those who see it but not the state folder, as in a
  /// container that has only the file mounted. A file that was replaced during the wait is opened
  /// again.
  private static func lockFile(
    at place: FilePlace, createIfAbsent: Bool, _ wait: inout LockWait, waiting: () -> Void
  ) throws(FileFailure) -> (file: Descriptor, wasCreated: Bool) {
    var wasCreated = false
    let grace = Deadline(after: 1)
    while true {
      var file = try place.openForWriting()
      if file == nil, createIfAbsent {
        file = try place.create()
        if file != nil { wasCreated = true }
      }
      if let file {
        try wait.lock(file, waiting: waiting)
        if try isCurrent(file, at: place) { return (file, wasCreated) }
      } else if !createIfAbsent, grace.remaining == 0 {
        // Until then it may be an editor that has renamed the old file away and is about to write
        // the new one.
        throw .notFound(path: place.path)
      }
      try wait.requireTimeLeft()
      Deadline.pause(0.001)
    }
  }

  private static func isCurrent(
    _ file: Descriptor, at place: FilePlace
  ) throws(FileFailure) -> Bool {
    let held = FileIdentity(try file.status())
    guard let named = try place.folder.status(of: place.name),
      FileIdentity(named).isSameFile(as: held)
    else { return false }
    if held.links == 0 { try place.requireReplaced(held) }
    return held.links > 0
  }

  /// Releases both locks.
  public consuming func release() { session.release() }

  // MARK: The file

  /// What the path holds now.
  ///
  /// - Throws: `notFound` when the file was removed, `tooLarge`, and the refusals of `acquire`.
  public func read() throws(FileFailure) -> FileSnapshot { try session.current() }

  /// Returns when the file's content and its name are on the disk.
  public func syncFileAndFolder() throws(FileFailure) {
    _ = try session.follow()
    try session.file.sync()
    try session.place.folder.sync()
  }

  /// The file that a killed run displaced and had no time to look into: somebody may have edited it
  /// in the last moment. It stays until it is discarded.
  ///
  /// - Parameter mark: what the run gave `Replacement.commit`; asked for only if there may be such a
  ///   file.
  public func leftover(marked mark: @autoclosure () -> String) throws(FileFailure) -> Leftover? {
    try Leftover.find(
      in: session.state.folder, marked: mark, ownedBy: try session.file.status().st_uid)
  }

  /// Removes `leftover`, once nothing in it is needed any more.
  public func discard(_ leftover: Leftover) throws(FileFailure) {
    try session.state.folder.remove(leftover.name)
  }

  // MARK: The journal

  /// The payload of the newest whole journal record, nil when none was ever written.
  ///
  /// - Throws: `journalDamaged` when something was written and no record is whole. Even then a record
  ///   can be written.
  public func readJournal() throws(FileFailure) -> [UInt8]? { try session.journal.read() }

  /// The same, looked for anew: where the lock isn't shared, another process may have written to it.
  public func rereadJournal() throws(FileFailure) -> [UInt8]? {
    try session.reopenJournal()
    return try session.journal.read()
  }

  /// Makes `payload`, a little under 128 KiB at most, the newest journal record, with one write to
  /// space that is already there. It is on the disk when this returns; if the write is cut off, the
  /// record before it still is.
  ///
  /// - Parameter later: for a record that says nothing new: it need not be on the disk before the
  ///   next one is written, or another run calls `syncJournal`.
  /// - Throws: `journalRecordTooLarge`; `journalRemoved` when the journal was removed.
  public func writeJournal(_ payload: [UInt8], later: Bool = false) throws(FileFailure) {
    try session.journal.write(payload, later: later)
  }

  /// Makes `payload` all that the journal holds: no earlier record can be read there afterwards.
  public func eraseJournal(leaving payload: [UInt8]) throws(FileFailure) {
    for _ in 0..<Journal.slots { try session.journal.write(payload, erasing: true) }
  }

  /// Proves that records can be written, wherever the next ones will go; what is there stays.
  public func proveJournal() throws(FileFailure) { try session.journal.prove() }

  /// Returns when what was read from the journal is on the disk.
  public func syncJournal() throws(FileFailure) { try session.journal.sync() }
}
