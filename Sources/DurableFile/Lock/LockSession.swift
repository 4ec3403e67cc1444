import Glibc

/// All that a lock keeps open, shared by the lock and the replacement made under it.
final class LockSession {
  let place: FilePlace
  let state: OpenStateFolder
  let journal: Journal
  private let stateLock: Descriptor
  /// The file that the path leads to as far as we know, locked and open to read and write.
  private(set) var file: Descriptor
  /// Files that the path led to before. They stay open so that no other file gets their inode
  /// numbers, and locked because others may still be waiting on them.
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

  /// The path leads to `newer` now, which is locked already.
  func hold(_ newer: Descriptor) {
    earlier.append(file)
    file = newer
  }

  /// What the path holds now, probably `known`. If somebody put another file there, that one is held
  /// from here on.
  ///
  /// - Throws: `notFound`, and whatever makes the file one that may not be written.
  func current(expecting known: [UInt8]? = nil) throws(FileFailure) -> FileSnapshot {
    try follow { file throws(FileFailure) in
      try file.snapshot(expecting: known)
    } identity: {
      $0.identity
    }
  }

  /// The same, without reading the content.
  func currentIdentity() throws(FileFailure) -> FileIdentity {
    try follow { file throws(FileFailure) in
      FileIdentity(try file.status())
    } identity: {
      $0
    }
  }

  /// Looks by `look` at the file that the path leads to now, and holds it from here on.
  private func follow<Seen>(
    _ look: (Descriptor) throws(FileFailure) -> Seen, identity: (Seen) -> FileIdentity
  ) throws(FileFailure) -> Seen {
    // An editor that keeps a backup renames the file away before it writes the new one.
    let deadline = Deadline(after: 1)
    while true {
      if let newer = try place.openForWriting() {
        let sight = try look(newer)
        guard identity(sight).links > 0 else {
          if try self.identity()?.isSameFile(as: identity(sight)) == true {
            throw .replacedOutside(path: place.path)
          }
          continue
        }
        if !identity(sight).isSameFile(as: FileIdentity(try file.status())) {
          // Not waited for: who shares our state folder waits there, and nobody else can be more
          // than reading.
          _ = flock(newer.number, LOCK_EX | LOCK_NB)
          hold(newer)
        }
        return sight
      }
      guard deadline.remaining > 0 else { throw .notFound(path: place.path) }
      Deadline.pause(0.005)
    }
  }

  /// Which version of the file the path leads to now; nil when it leads to none.
  func identity() throws(FileFailure) -> FileIdentity? {
    guard let status = try place.folder.status(of: place.name) else { return nil }
    try Folder.requireRegular(status, place.path)
    return FileIdentity(status)
  }

  private(set) var isReleased = false

  /// The inner locks first, as they were taken last.
  func release() {
    isReleased = true
    for file in earlier { file.close() }
    file.close()
    journal.close()
    stateLock.close()
  }
}
