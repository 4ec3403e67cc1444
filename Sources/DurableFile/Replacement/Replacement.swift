import CSystem
import Glibc
import Paths

/// A proven way to replace the file's content: everything that could fail for lack of permission or
/// space has been done already, and nothing of it is visible.
///
/// It belongs to the lock under which it was made, and keeps it; after `LockedFile.release` it is
/// useless.
public struct Replacement: ~Copyable {
  /// How the new content gets into place.
  public enum Method: Sendable, Equatable {
    /// A temporary file takes the place of the old one in one step: readers see the old content or
    /// the new one.
    case exchange
    /// The content is overwritten, because the file's owner, access list or other names could not be
    /// kept otherwise, or because it can't be renamed. Readers may see a part of it; a save that is
    /// cut off is finished by the next run.
    case inPlace
  }

  /// What became of a commit.
  public enum CommitOutcome: Sendable, Equatable {
    /// The file holds the new content, on the disk too.
    case replaced(FileSnapshot)
    /// Somebody changed the file: this is what it holds now, and nothing was written.
    case changed(FileSnapshot)
  }

  /// The moments of a commit at which a test may interfere.
  enum Moment { case beforeReplacing, beforeRollingBack }

  /// How the next commit will be done.
  public private(set) var method: Method

  // Not `let session`: of a chain through one, such as `session.journal.read()`, Swift 6.0 aborts.
  private var session: LockSession { heldSession }
  private let heldSession: LockSession
  private var temporary: TemporaryFile?
  /// The version whose owner, mode and attributes the temporary file has.
  private var model: FileIdentity?
  private var redo: RedoFile?
  /// The file's version before and after space was reserved behind its end. Reserving moves its times
  /// and changes nothing else.
  private var reserved: (before: FileIdentity, after: FileIdentity)?

  // MARK: The proof

  private init(_ session: LockSession) {
    heldSession = session
    method = .exchange
  }

  fileprivate static func prove(
    _ session: LockSession, byteCount: Int
  ) throws(FileFailure) -> Replacement {
    // Created first, so that its deinit cleans up if a later step throws.
    var replacement = Replacement(session)
    let current = try session.follow()
    // What is proven must also be readable by the next run.
    guard byteCount <= FileSnapshot.limit else {
      throw .tooLarge(
        path: session.place.path, size: current.size,
        limit: FileSnapshot.limit - max(0, byteCount - Int(current.size)))
    }
    if session.canExchange(current),
      let temporary = try TemporaryFile.make(in: session.state.folder, like: session.file)
    {
      replacement.temporary = temporary
      replacement.model = current
      try temporary.file.reserve(byteCount)
      try session.place.folder.sync()
    } else {
      replacement.method = .inPlace
      let redo = try RedoFile(in: session.state)
      replacement.redo = redo
      try redo.reserve(max(Int(current.size), byteCount) + byteCount)
      try replacement.reserveInPlace(byteCount)
      try session.file.sync()
    }
    try session.state.folder.sync()
    return replacement
  }

  /// Reserves space behind the end of the file without changing its size.
  private mutating func reserveInPlace(_ byteCount: Int) throws(FileFailure) {
    let status = try session.file.status()
    // Blocks that it has already are overwritten. st_blocks counts 512 bytes on every file system.
    guard byteCount > Int(status.st_blocks) * 512 else { return }
    let before = FileIdentity(status)
    let done = uninterrupted { csystem_reserve_keeping_size(session.file.number, off_t(byteCount)) }
    // Where the call doesn't exist, a save that fails can still be finished from the image.
    guard done == 0 || errno == EOPNOTSUPP || errno == ENOSYS else {
      throw .current("fallocate", session.file.path)
    }
    // The content is the same, so its time should be.
    var times = [timespec(tv_sec: 0, tv_nsec: utimeOmit), status.st_mtim]
    _ = futimens(session.file.number, &times)
    reserved = (before, FileIdentity(try session.file.status()))
  }

  /// Removes everything that the proof made.
  public consuming func discard() {}

  deinit {
    temporary?.discard()
    // Without the lock the image may be another run's by now.
    if !session.isReleased { try? redo?.clear() }
  }

  // MARK: The commit

  /// Replaces the file's whole content by `bytes`, provided that it is still `seen`; otherwise
  /// nothing is written, and the caller redoes its edit on what is there and calls again.
  ///
  /// Even an edit in the very moment of the replacement is noticed: the two files change places, and
  /// the one that comes out is compared. (Not in place, and not where the file system can't exchange
  /// files.)
  ///
  /// - Parameter mark: hexadecimal, and known to nobody but the runs that may look into what this one
  ///   leaves if it is killed; empty if nobody will.
  /// - Throws: `notFound`, `changedKind`, `replacedOutside`, `tooLarge`, or the failure of the disk;
  ///   the file then holds the old content or the new one.
  public mutating func commit(
    _ bytes: [UInt8], replacing seen: FileSnapshot, marked mark: String = ""
  ) throws(FileFailure) -> CommitOutcome {
    try commit(bytes, replacing: seen, marked: mark) { _ in }
  }

  mutating func commit(
    _ bytes: [UInt8], replacing seen: FileSnapshot, marked mark: String = "",
    at moment: (Moment) -> Void
  ) throws(FileFailure) -> CommitOutcome {
    guard bytes.count <= FileSnapshot.limit else {
      throw .tooLarge(
        path: session.place.path, size: Int64(bytes.count), limit: FileSnapshot.limit)
    }
    if method == .exchange,
      let outcome = try commitByExchange(bytes, replacing: seen, marked: mark, at: moment)
    {
      return outcome
    }
    method = .inPlace
    return try commitInPlace(bytes, replacing: seen, at: moment)
  }

  // MARK: By exchange

  /// nil when the file turns out to be one that can't be exchanged; then nothing was written.
  private mutating func commitByExchange(
    _ bytes: [UInt8], replacing seen: FileSnapshot, marked mark: String,
    at moment: (Moment) -> Void
  ) throws(FileFailure) -> CommitOutcome? {
    guard var temporary = try prepareTemporary(seen.identity) else { return nil }
    try temporary.fill(bytes)
    try temporary.file.sync()
    temporary.nameForExchange(holding: bytes, marked: mark)
    self.temporary = temporary
    // Locked before it is visible: whatever opens it must wait until the commit is complete.
    guard flock(temporary.file.number, LOCK_EX | LOCK_NB) == 0 else {
      throw .cannotLock(path: temporary.file.path, errno: errno)
    }
    guard let now = try session.identityAtPath(), now.isSameVersion(as: seen.identity) else {
      return .changed(try session.current())
    }
    moment(.beforeReplacing)
    switch exchange(temporary) {
    case 0:
      guard isDisplaced(temporary, seen) else {
        moment(.beforeRollingBack)
        return .changed(try rollBack(temporary, holding: bytes))
      }
    case EINVAL, ENOSYS, EOPNOTSUPP:
      guard try temporary.isInPlace() else { return nil }
      let failure = rename(temporary)
      if Self.cannotRename.contains(failure) { return nil }
      guard failure == 0 else { throw .of(failure, "renameat", session.place.path) }
    case let failure where Self.cannotRename.contains(failure): return nil
    case ENOENT:
      // One of the names is gone: the temporary file's with the whole state folder, or the target's
      // because an editor is just saving.
      guard try temporary.isInPlace() else { return nil }
      return .changed(try session.current())
    case let failure: throw .of(failure, "renameat2", session.place.path)
    }
    return .replaced(try complete(temporary, holding: bytes))
  }

  // No proof can rule out a mount, or a change of permissions, that comes after it.
  private static var cannotRename: [Int32] { [EBUSY, EXDEV, EACCES, EPERM, EROFS] }

  /// The temporary file with the owner, mode and attributes that the file has now; nil when they
  /// can't be kept.
  private mutating func prepareTemporary(
    _ seen: FileIdentity
  ) throws(FileFailure) -> TemporaryFile? {
    if let temporary, let model, model.isSameVersion(as: seen) { return temporary }
    _ = try session.follow()
    guard let current = try session.identityAtPath(), session.canExchange(current) else {
      return nil
    }
    if let temporary {
      guard try temporary.copyAttributes(of: session.file) else { return nil }
    } else {
      temporary = try TemporaryFile.make(in: session.state.folder, like: session.file)
    }
    model = current
    return temporary
  }

  private func exchange(_ temporary: TemporaryFile) -> Int32 {
    let done = csystem_exchange(
      session.state.folder.descriptor.number, temporary.name,
      session.place.folder.descriptor.number, session.place.name.pathBytes)
    return done == 0 ? 0 : errno
  }

  private func rename(_ temporary: TemporaryFile) -> Int32 {
    let done = renameat(
      session.state.folder.descriptor.number, temporary.name,
      session.place.folder.descriptor.number, session.place.name.pathBytes)
    return done == 0 ? 0 : errno
  }

  /// Whether the file that came out under the temporary file's name is `seen`, unchanged.
  private func isDisplaced(_ temporary: TemporaryFile, _ seen: FileSnapshot) -> Bool {
    guard let out = try? session.state.folder.snapshot(of: temporary.name) else { return false }
    let (was, now) = (seen.identity, out.identity)
    // A rename moves the time of the status change, so the content decides.
    return now.isSameFile(as: was) && now.modified == was.modified && now.mode == was.mode
      && now.owner == was.owner && now.group == was.group && out.bytes == seen.bytes
  }

  /// Exchanges the files back, because somebody edited the file in the last moment; returns what the
  /// path holds.
  private mutating func rollBack(
    _ temporary: TemporaryFile, holding bytes: [UInt8]
  ) throws(FileFailure) -> FileSnapshot {
    let failure = exchange(temporary)
    guard failure == 0 else { throw .of(failure, "renameat2", session.place.path) }
    let out = try? session.state.folder.snapshot(of: temporary.name)
    if try !temporary.isInPlace() || out?.bytes != bytes {
      // The new content was saved over while it was in place. That edit is the newest, so it goes
      // back, as if the new content had never been there.
      let failure = exchange(temporary)
      guard failure == 0 else { throw .of(failure, "renameat2", session.place.path) }
      try session.state.folder.remove(temporary.name)
      self.temporary = nil
    }
    return try session.current()
  }

  private mutating func complete(
    _ temporary: TemporaryFile, holding bytes: [UInt8]
  ) throws(FileFailure) -> FileSnapshot {
    session.adopt(temporary.file)
    self.temporary = nil
    try session.place.folder.sync()
    try session.state.folder.sync()
    // Not before: a power cut could have brought the old name back.
    try session.state.folder.remove(temporary.name)
    return FileSnapshot(bytes: bytes, identity: FileIdentity(try session.file.status()))
  }

  // MARK: In place

  private mutating func commitInPlace(
    _ bytes: [UInt8], replacing seen: FileSnapshot, at moment: (Moment) -> Void
  ) throws(FileFailure) -> CommitOutcome {
    temporary?.discard()
    temporary = nil
    let redo = try openRedo()
    try redo?.write(RedoImage(of: seen.identity.inode, before: seen.bytes, after: bytes))
    moment(.beforeReplacing)
    let now = try session.current()
    guard isUnchanged(seen.identity, now.identity), now.bytes == seen.bytes else {
      try redo?.clear()
      return .changed(now)
    }
    // If the write fails, the image stays and the next run finishes the save.
    self.redo = nil
    try session.file.overwrite(with: bytes, current: now.bytes.count)
    try redo?.clear()
    return .replaced(
      FileSnapshot(bytes: bytes, identity: FileIdentity(try session.file.status())))
  }

  /// nil when the state folder was removed since the proof: a save that couldn't be finished by
  /// another run is still better than none.
  private mutating func openRedo() throws(FileFailure) -> RedoFile? {
    guard try session.state.folder.descriptor.status().st_nlink > 0 else { return nil }
    if redo == nil { redo = try RedoFile(in: session.state) }
    return redo
  }

  /// Whether `now` is the version `seen`, apart from this replacement's own reservation.
  private func isUnchanged(_ seen: FileIdentity, _ now: FileIdentity) -> Bool {
    if let reserved, seen == reserved.before { return now.isSameVersion(as: reserved.after) }
    return now.isSameVersion(as: seen)
  }
}

extension LockedFile {
  /// Proves that a save of up to `byteCount` bytes will work, by doing all of it except the last
  /// step; nothing of it is visible.
  ///
  /// - Throws: `noSpace`, `quota`, `tooLarge`, and whatever else would make the save fail.
  public func prove(byteCount: Int) throws(FileFailure) -> Replacement {
    try Replacement.prove(session, byteCount: byteCount)
  }
}

extension LockSession {
  /// Whether a file made in the state folder can take the place of the one the path leads to.
  fileprivate func canExchange(_ file: FileIdentity) -> Bool {
    guard state.place.isBesideFile, file.links == 1, place.folder.isWritable else { return false }
    // A file that is mounted by itself (into a container) can't be renamed, and nothing can be renamed
    // from one mount to another, even of the same device.
    let folder = place.folder.descriptor.number
    let mounts = [
      csystem_mount_id(folder, ""), csystem_mount_id(folder, place.name.pathBytes),
      csystem_mount_id(state.folder.descriptor.number, ""),
    ]
    guard Set(mounts).count == 1,
      let outer = try? place.folder.descriptor.status(),
      let inner = try? state.folder.descriptor.status()
    else { return false }
    // Nothing can be created in a state folder that was removed.
    return inner.st_nlink > 0 && outer.st_dev == inner.st_dev && UInt64(outer.st_dev) == file.device
  }
}

// A macro with a cast, which Swift doesn't import (futimens(2)).
private let utimeOmit = (1 << 30) - 2
