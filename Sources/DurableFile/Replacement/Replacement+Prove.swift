import CSystem
import Glibc

extension LockedFile {
  /// Proves that a save of up to `byteCount` bytes will work, by doing all of it but the last step;
  /// nothing of it is visible.
  ///
  /// - Throws: `noSpace`, `quota`, and whatever else would make the save fail.
  public func prove(byteCount: Int) throws(FileFailure) -> Replacement {
    let current = try session.currentIdentity()
    // What is proven must also be readable by the next run.
    guard byteCount <= FileSnapshot.limit else {
      throw .tooLarge(
        path: session.place.path, size: current.size,
        limit: FileSnapshot.limit - max(0, byteCount - Int(current.size)))
    }
    if session.canExchange(current),
      let temporary = try TemporaryFile.make(in: session.state.folder, like: session.file)
    {
      var replacement = Replacement(session, method: .exchange)
      replacement.temporary = temporary
      replacement.modelled = current
      try temporary.file.reserve(byteCount)
      return replacement
    }
    var replacement = Replacement(session, method: .inPlace)
    let redo = try RedoFile(in: session.state)
    replacement.redo = redo
    try redo.reserve(max(Int(current.size), byteCount) + byteCount)
    try replacement.reserveInPlace(byteCount)
    return replacement
  }
}

extension LockSession {
  /// Whether a file made in the state folder can take the place of the one the path leads to.
  func canExchange(_ file: FileIdentity) -> Bool {
    guard state.place.isBesideFile, file.links == 1, place.folder.isWritable else { return false }
    // A file that is mounted by itself (into a container) can't be renamed, nor can anything be
    // renamed across mounts, also of the same device.
    let folder = place.folder.descriptor.number
    let mounts = [
      csystem_mount_id(folder, ""), csystem_mount_id(folder, place.name),
      csystem_mount_id(state.folder.descriptor.number, ""),
    ]
    guard Set(mounts).count == 1,
      let outer = try? place.folder.descriptor.status(),
      let inner = try? state.folder.descriptor.status()
    else { return false }
    // A state folder that somebody removed takes no file any more.
    return inner.st_nlink > 0 && outer.st_dev == inner.st_dev && UInt64(outer.st_dev) == file.device
  }
}

extension Replacement {
  /// Reserves space behind the end of the file, which stays as long as it is.
  mutating func reserveInPlace(_ byteCount: Int) throws(FileFailure) {
    let status = try session.file.status()
    // Blocks it has are written over; 512 is st_blocks' unit whatever the file system's is.
    guard byteCount > Int(status.st_blocks) * 512 else { return }
    let before = FileIdentity(status)
    let done = uninterrupted { csystem_reserve_keeping_size(session.file.number, off_t(byteCount)) }
    // Where there is no such call, the image makes sure that a save that fails can be finished.
    guard done == 0 || errno == EOPNOTSUPP || errno == ENOSYS else {
      throw .current("fallocate", session.file.path)
    }
    // The content is the same, so its time should be.
    var times = [timespec(tv_sec: 0, tv_nsec: utimeOmit), status.st_mtim]
    _ = futimens(session.file.number, &times)
    reserved = (before, FileIdentity(try session.file.status()))
  }
}

// A macro with a cast, which Swift doesn't import (futimens(2)).
private let utimeOmit = (1 << 30) - 2
