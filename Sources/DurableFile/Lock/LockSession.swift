import Glibc

/// Everything that a lock keeps open, shared by the lock and the replacement made under it.
final class LockSession {
  let place: FilePlace
  let state: OpenStateFolder
  private(set) var journal: Journal
  /// The file that the path led to when it was last followed, locked and open to read and write.
  private(set) var file: Descriptor
  private(set) var isReleased = false
  private let stateLock: Descriptor
  /// Files that the path led to before. They stay open so that no other file gets their inode
  /// numbers, and locked because others may still be waiting for them.
  private var earlier: [Descriptor] = []

  init(
    place: FilePlace, state: OpenStateFolder, stateLock: Descriptor, file: Descriptor,
    journal: Journal
  ) {
    self.place = place
    self.state = state
    self.stateLock = stateLock
    self.file = file
    self.journal = journal
  }

  deinit { release() }

  /// The inner locks are released first, as they were taken last.
  func release() {
    isReleased = true
    for file in earlier { file.close() }
    file.close()
    journal.close()
    stateLock.close()
  }

  /// Reads the journal again, through a fresh descriptor: where locks aren't shared, another process
  /// may have written to it.
  func reopenJournal() throws(FileFailure) {
    let fresh = try journal.reopened(in: state)
    journal.close()
    journal = fresh
  }

  /// What the path holds now. If it leads to another file, that one is held from here on.
  ///
  /// - Throws: `notFound`, and whatever keeps the file from being written.
  func current() throws(FileFailure) -> FileSnapshot {
    while true {
      _ = try follow()
      let snapshot = try file.snapshot()
      // Without a name it was replaced while it was read.
      if snapshot.identity.links > 0 { return snapshot }
    }
  }

  /// The same, without reading the content.
  func follow() throws(FileFailure) -> FileIdentity {
    // An editor that keeps a backup renames the file away before it writes the new one.
    let deadline = Deadline(after: 1)
    while true {
      if let newer = try place.openForWriting() {
        let found = FileIdentity(try newer.status())
        guard found.links > 0 else {
          try place.requireReplaced(found)
          continue
        }
        if !found.isSameFile(as: FileIdentity(try file.status())) {
          // Without waiting: other runs that share the state folder wait there, and anybody else who
          // holds this lock can only be reading.
          _ = flock(newer.number, LOCK_EX | LOCK_NB)
          adopt(newer)
        }
        return found
      }
      guard deadline.remaining > 0 else { throw .notFound(path: place.path) }
      Deadline.pause(0.005)
    }
  }

  /// Holds `newer`, which the path leads to now and which is locked already.
  func adopt(_ newer: Descriptor) {
    earlier.append(file)
    file = newer
  }

  /// Which version of the file the path leads to now; nil when there is none.
  func identityAtPath() throws(FileFailure) -> FileIdentity? {
    guard let status = try place.folder.status(of: place.name) else { return nil }
    try Folder.requireRegular(status, place.path)
    return FileIdentity(status)
  }
}
