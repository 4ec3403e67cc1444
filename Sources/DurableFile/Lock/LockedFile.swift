/// A file that is ours alone for a while: the lock in its state folder is held, and then the one on
/// its own inode, in this order, until `release`, or until this value and a replacement made under
/// it are gone.
public struct LockedFile: ~Copyable {
  /// The file.
  public let target: FileTarget
  /// Where lock and journal are.
  public let state: StateFolder
  /// Whether the file was absent and has been created, empty.
  let wasCreated: Bool
  /// Whether an earlier run was cut off while it wrote in place, and its save has been finished now.
  let wasRepaired: Bool
  /// The file as a killed run displaced it, when that run could not look any more whether somebody
  /// had edited it meanwhile. It stays until `discardLeftover`.
  public var leftover: FileSnapshot? { left?.snapshot }

  // Not `let session`: of a chain through one, such as `session.journal.read()`, Swift 6.0 aborts.
  var session: LockSession { heldSession }
  private let heldSession: LockSession
  private var left: Leftover?

  init(_ session: LockSession, wasCreated: Bool, wasRepaired: Bool, leftover: Leftover?) {
    heldSession = session
    self.wasCreated = wasCreated
    self.wasRepaired = wasRepaired
    target = session.place.target
    state = session.state.place
    left = leftover
  }

  /// What the path holds now, all of it read.
  ///
  /// - Throws: `notFound` when somebody removed the file, `tooLarge`, and the refusals of `acquire`.
  public func read() throws(FileFailure) -> FileSnapshot { try session.current() }

  /// The payload of the newest whole journal record, nil when none was ever written.
  ///
  /// - Throws: `journalDamaged` when something was written and no record is whole. Writing a record
  ///   is possible all the same.
  public func readJournal() throws(FileFailure) -> [UInt8]? { try session.journal.read() }

  /// Makes `payload`, a little under 128 KiB at most, the newest journal record: one write to space
  /// that is there already, and then it is on the disk. Cut off, it leaves the record before it.
  ///
  /// - Parameter later: the record says nothing that the one before it doesn't say as well: it is on
  ///   the disk before the next one is written, or read by another run with `syncJournal`.
  /// - Throws: `journalRecordTooLarge`; `journalRemoved` when somebody has removed the journal.
  public func writeJournal(_ payload: [UInt8], later: Bool = false) throws(FileFailure) {
    try session.journal.write(payload, later: later)
  }

  /// Makes `payload` all that the journal holds: nothing of an earlier record can be read there
  /// afterwards.
  public func eraseJournal(leaving payload: [UInt8]) throws(FileFailure) {
    for _ in 0..<Journal.slots { try session.journal.write(payload, erasing: true) }
  }

  /// What was read from the journal reaches the disk, if it had not yet.
  public func syncJournal() throws(FileFailure) { try session.journal.sync() }

  /// What the path holds, and that it holds it, reaches the disk.
  public func syncFileAndFolder() throws(FileFailure) {
    _ = try session.currentIdentity()
    try session.file.sync()
    try session.place.folder.sync()
  }

  /// Removes what `leftover` shows, once nothing in it is needed any more.
  public mutating func discardLeftover() throws(FileFailure) {
    guard let left else { return }
    try session.state.folder.remove(left.name)
    self.left = nil
  }

  /// Lets the next one in.
  public consuming func release() { session.release() }
}
