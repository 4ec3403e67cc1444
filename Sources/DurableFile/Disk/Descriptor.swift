import Glibc

/// An open file descriptor. It is closed with the last reference, which also releases its lock.
final class Descriptor {
  /// The descriptor; −1 once closed, so that a late call fails instead of reaching another file.
  private(set) var number: Int32
  /// Named in failures.
  let path: String

  init(_ number: Int32, path: String) {
    self.number = number
    self.path = path
  }

  deinit { close() }

  func close() {
    guard number >= 0 else { return }
    _ = Glibc.close(number)
    number = -1
  }

  // MARK: What the file is

  func status() throws(FileFailure) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw .current("fstat", path) }
    return status
  }

  /// Gives the file to `owner` if it belongs to somebody else.
  func give(to owner: FileOwner) throws(FileFailure) {
    let now = try status()
    guard now.st_uid != owner.user || now.st_gid != owner.group else { return }
    guard fchown(number, owner.user, owner.group) == 0 else { throw .current("fchown", path) }
  }

  /// Sets the mode unless it is right already: some mounts refuse even that.
  func setMode(_ mode: UInt32) throws(FileFailure) {
    if UInt32(try status().st_mode) & 0o7777 == mode { return }
    guard fchmod(number, mode_t(mode)) == 0 else { throw .current("fchmod", path) }
  }

  // MARK: What it holds

  /// The whole file, read again if somebody wrote to it meanwhile.
  ///
  /// - Throws: `tooLarge`.
  func snapshot() throws(FileFailure) -> FileSnapshot {
    var before = FileIdentity(try status())
    var attempts = 0
    while true {
      guard before.size <= FileSnapshot.limit else {
        throw .tooLarge(path: path, size: before.size, limit: FileSnapshot.limit)
      }
      // The additional byte shows that the file has grown.
      let bytes = try read(Int(before.size) + 1, at: 0)
      let after = FileIdentity(try status())
      attempts += 1
      // If a writer never pauses, the last attempt has to do: no reader without a lock can do better.
      if after == before && bytes.count == Int(after.size) || attempts == 6 {
        return FileSnapshot(bytes: bytes, identity: before)
      }
      before = after
    }
  }

  /// Up to `count` bytes from `offset`; fewer only at the end of the file.
  func read(_ count: Int, at offset: Int) throws(FileFailure) -> [UInt8] {
    var failure: FileFailure?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let start = filled
        let got = uninterrupted {
          pread(
            number, buffer.baseAddress.map { $0 + start }, count - start, off_t(offset + start))
        }
        if got < 0 { failure = .current("pread", path) }
        if got <= 0 { break }
        filled += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all of `bytes` at `offset`; one system call, unless it comes back short.
  func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        uninterrupted {
          pwrite(
            number, buffer.baseAddress.map { $0 + done }, buffer.count - done,
            off_t(offset + done))
        }
      }
      guard written >= 0 else { throw .current("pwrite", path) }
      // POSIX doesn't allow 0 for a regular file, but a failure is better than an endless loop.
      guard written > 0 else { throw .of(EIO, "pwrite", path) }
      done += written
    }
  }

  /// Replaces a content of `current` bytes, and syncs. The file is never shorter than both contents,
  /// so no editor finds it empty.
  func overwrite(with bytes: [UInt8], current: Int) throws(FileFailure) {
    try write(bytes, at: 0)
    try sync()
    guard bytes.count < current else { return }
    // Only now: after a power cut the new size with the old content would look like somebody's edit.
    try truncate(to: bytes.count)
    try sync()
  }

  func truncate(to count: Int) throws(FileFailure) {
    guard uninterrupted({ ftruncate(number, off_t(count)) }) == 0 else {
      throw .current("ftruncate", path)
    }
  }

  /// Makes sure that writing up to `count` bytes can't fail for lack of space. Grows the file.
  func reserve(_ count: Int) throws(FileFailure) {
    // Returns the error instead of setting errno.
    var code: Int32
    repeat { code = posix_fallocate(number, 0, off_t(max(count, 1))) } while code == EINTR
    guard code == 0 else { throw .of(code, "posix_fallocate", path) }
    // Many a quota, and many a network's disk, says no only when something is written and synced. Not
    // to the space itself: where files are copied on write, what is written once needs space again.
    try write([0], at: count)
    try sync()
  }

  /// Returns when the content, the attributes and what is needed to find them are on the disk.
  func sync() throws(FileFailure) {
    guard uninterrupted({ fsync(number) }) == 0 else { throw .current("fsync", path) }
  }

  /// Returns when the content is on the disk.
  func syncData() throws(FileFailure) {
    guard uninterrupted({ fdatasync(number) }) == 0 else { throw .current("fdatasync", path) }
  }
}
