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
    guard let now = try held.identity(), now.isSameVersion(as: seen.identity) else {
      return .changed(try held.current())
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
      guard failure == 0 else { throw .of(failure, "renameat", held.place.path) }
    case let failure where Self.cannotRename.contains(failure): return nil
    case ENOENT:
      // Either name is gone: ours with the whole state folder, or an editor is just saving.
      guard try temporary.isInPlace() else { return nil }
      return .changed(try held.current())
    case let failure: throw .of(failure, "renameat2", held.place.path)
    }
    return .replaced(try finish(temporary, holding: bytes))
  }

  // What no proof can rule out: a mount, or an access right, that came in between.
  private static var cannotRename: [Int32] { [EBUSY, EXDEV, EACCES, EPERM, EROFS] }

  /// The temporary file with the owner, mode and attributes that the file has now; nil when they
  /// can't be kept.
  private mutating func prepare(_ seen: FileIdentity) throws(FileFailure) -> TemporaryFile? {
    if let temporary, let modelled, modelled.isSameVersion(as: seen) { return temporary }
    _ = try held.currentIdentity()
    guard let current = try held.identity(), held.canExchange(current) else { return nil }
    if let temporary {
      guard try temporary.adopt(attributesOf: held.file) else { return nil }
    } else {
      temporary = try TemporaryFile.make(in: held.state.folder, like: held.file)
    }
    modelled = current
    return temporary
  }

  private func swap(_ temporary: TemporaryFile) -> Int32 {
    let done = csystem_exchange(
      held.state.folder.descriptor.number, temporary.name,
      held.place.folder.descriptor.number, held.place.name)
    return done == 0 ? 0 : errno
  }

  private func rename(_ temporary: TemporaryFile) -> Int32 {
    let done = renameat(
      held.state.folder.descriptor.number, temporary.name,
      held.place.folder.descriptor.number, held.place.name)
    return done == 0 ? 0 : errno
  }

  // The times of a status change move with a rename, so the content decides.
  private func displaced(_ temporary: TemporaryFile, is seen: FileSnapshot) -> Bool {
    guard let out = try? held.state.folder.snapshot(of: temporary.name, expecting: seen.bytes)
    else { return false }
    let (was, now) = (seen.identity, out.identity)
    return now.isSameFile(as: was) && now.modified == was.modified && now.mode == was.mode
      && now.owner == was.owner && now.group == was.group && out.bytes.hasSameBytes(as: seen.bytes)
  }

  /// Gives the path back what somebody wrote to it in the last moment; returns what it holds.
  private mutating func putBack(
    _ temporary: TemporaryFile, holding bytes: [UInt8]
  ) throws(FileFailure) -> FileSnapshot {
    let failure = swap(temporary)
    guard failure == 0 else { throw .of(failure, "renameat2", held.place.path) }
    let out = try? held.state.folder.snapshot(of: temporary.name, expecting: bytes)
    guard try temporary.isInPlace(), out?.bytes.hasSameBytes(as: bytes) == true else {
      // Somebody saved over ours while it was there: that is the newest, as if ours had never been.
      let failure = swap(temporary)
      guard failure == 0 else { throw .of(failure, "renameat2", held.place.path) }
      try held.state.folder.remove(temporary.name)
      self.temporary = nil
      return try held.current()
    }
    return try held.current()
  }

  private mutating func finish(
    _ temporary: TemporaryFile, holding bytes: [UInt8]
  ) throws(FileFailure) -> FileSnapshot {
    held.adopt(temporary.file)
    self.temporary = nil
    try held.place.folder.sync()
    try held.state.folder.sync()
    // Only now: until here a power cut could have brought the old name back.
    try held.state.folder.remove(temporary.name)
    return FileSnapshot(bytes: bytes, identity: FileIdentity(try held.file.status()))
  }
}
