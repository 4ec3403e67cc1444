import CSystem
import Glibc

extension Replacement {
  /// nil when the file turns out to be one that can't be exchanged; nothing was written then.
  mutating func commitByExchange(
    _ bytes: [UInt8], replacing seen: FileSnapshot, at moment: (Moment) -> Void
  ) throws(FileFailure) -> CommitOutcome? {
    guard let temporary = try prepare(seen.identity) else { return nil }
    try temporary.fill(bytes)
    try temporary.file.sync()
    // Locked before it is visible: who opens it must wait until we are done.
    guard flock(temporary.file.number, LOCK_EX | LOCK_NB) == 0 else {
      throw .cannotLock(path: temporary.file.path, errno: errno)
    }
    guard let now = try session.identity(), now.isSameVersion(as: seen.identity) else {
      return .changed(try session.current())
    }
    moment(.beforeReplacing)
    switch swap(temporary) {
    case 0:
      guard displaced(temporary, is: seen) else {
        moment(.beforePuttingBack)
        return .changed(try putBack(temporary, holding: bytes))
      }
    case EINVAL, ENOSYS, EOPNOTSUPP:
      let failure = rename(temporary)
      if Self.cannotRename.contains(failure) { return nil }
      guard failure == 0 else { throw .of(failure, "renameat", session.place.path) }
    case let failure where Self.cannotRename.contains(failure): return nil
    case ENOENT:
      // Either name is gone: ours with the whole state folder, or an editor is just saving.
      guard try temporary.isInPlace() else { return nil }
      return .changed(try session.current())
    case let failure: throw .of(failure, "renameat2", session.place.path)
    }
    return .replaced(try finish(temporary, holding: bytes))
  }

  // What no proof can rule out: a mount, or an access right, that came in between.
  private static var cannotRename: [Int32] { [EBUSY, EXDEV, EACCES, EPERM, EROFS] }

  /// The temporary file with the owner, mode and attributes that the file has now; nil when they
  /// can't be kept.
  private mutating func prepare(_ seen: FileIdentity) throws(FileFailure) -> TemporaryFile? {
    if let temporary, let modelled, modelled.isSameVersion(as: seen) { return temporary }
    _ = try session.currentIdentity()
    guard let current = try session.identity(), session.canExchange(current) else { return nil }
    if let temporary {
      guard try temporary.copyAttributes(of: session.file) else { return nil }
    } else {
      temporary = try TemporaryFile.make(in: session.state.folder, like: session.file)
    }
    modelled = current
    return temporary
  }

  private func swap(_ temporary: TemporaryFile) -> Int32 {
    let done = csystem_exchange(
      session.state.folder.descriptor.number, temporary.name,
      session.place.folder.descriptor.number, session.place.name)
    return done == 0 ? 0 : errno
  }

  private func rename(_ temporary: TemporaryFile) -> Int32 {
    let done = renameat(
      session.state.folder.descriptor.number, temporary.name,
      session.place.folder.descriptor.number, session.place.name)
    return done == 0 ? 0 : errno
  }

  // The times of a status change move with a rename, so the content decides.
  private func displaced(_ temporary: TemporaryFile, is seen: FileSnapshot) -> Bool {
    guard let out = try? session.state.folder.snapshot(of: temporary.name)
    else { return false }
    let (was, now) = (seen.identity, out.identity)
    return now.isSameFile(as: was) && now.modified == was.modified && now.mode == was.mode
      && now.owner == was.owner && now.group == was.group && out.bytes == seen.bytes
  }

  /// Gives the path back what somebody wrote to it in the last moment; returns what it holds.
  private mutating func putBack(
    _ temporary: TemporaryFile, holding bytes: [UInt8]
  ) throws(FileFailure) -> FileSnapshot {
    let failure = swap(temporary)
    guard failure == 0 else { throw .of(failure, "renameat2", session.place.path) }
    let out = try? session.state.folder.snapshot(of: temporary.name)
    guard try temporary.isInPlace(), out?.bytes == bytes else {
      // Somebody saved over ours while it was there: that is the newest, as if ours had never been.
      let failure = swap(temporary)
      guard failure == 0 else { throw .of(failure, "renameat2", session.place.path) }
      try session.state.folder.remove(temporary.name)
      self.temporary = nil
      return try session.current()
    }
    return try session.current()
  }

  private mutating func finish(
    _ temporary: TemporaryFile, holding bytes: [UInt8]
  ) throws(FileFailure) -> FileSnapshot {
    session.hold(temporary.file)
    self.temporary = nil
    try session.place.folder.sync()
    try session.state.folder.sync()
    // Only now: until here a power cut could have brought the old name back.
    try session.state.folder.remove(temporary.name)
    return FileSnapshot(bytes: bytes, identity: FileIdentity(try session.file.status()))
  }
}
