import Glibc

/// The lock on the file's own inode: for those who see the file and not our state folder, as in a
/// container that has only the file mounted.
struct FileLock {
  private let place: FilePlace
  private let createIfAbsent: Bool
  private(set) var wasCreated = false

  init(_ place: FilePlace, createIfAbsent: Bool) {
    self.place = place
    self.createIfAbsent = createIfAbsent
  }

  /// Opens and locks what the path leads to; opens it again when it was replaced while we waited,
  /// for the lock on a file without a name excludes nobody.
  mutating func acquire(
    _ wait: inout LockWait, waiting: () -> Void
  ) throws(FileFailure) -> Descriptor {
    let grace = Deadline(after: 1)
    while true {
      if let file = try open() {
        try wait.lock(file, waiting: waiting)
        if try isCurrent(file) { return file }
      } else if !createIfAbsent, grace.remaining == 0 {
        // Until then it may be an editor that has renamed the old file away and is about to write
        // the new one.
        throw .notFound(path: place.path)
      }
      try wait.again()
      Deadline.pause(0.001)
    }
  }

  private mutating func open() throws(FileFailure) -> Descriptor? {
    if let file = try place.openForWriting() { return file }
    guard createIfAbsent, let file = try place.create() else { return nil }
    wasCreated = true
    return file
  }

  private func isCurrent(_ file: Descriptor) throws(FileFailure) -> Bool {
    let held = FileIdentity(try file.status())
    guard let named = try place.folder.status(of: place.name),
      FileIdentity(named).isSameFile(as: held)
    else { return false }
    guard held.links > 0 else { throw .replacedOutside(path: place.path) }
    return true
  }
}
