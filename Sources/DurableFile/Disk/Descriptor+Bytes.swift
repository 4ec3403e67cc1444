import Glibc

extension Descriptor {
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
      // Not in POSIX for a regular file, but better a failure than a loop without end.
      guard written > 0 else { throw .of(EIO, "pwrite", path) }
      done += written
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
}
