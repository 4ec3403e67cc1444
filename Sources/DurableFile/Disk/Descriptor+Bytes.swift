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
    let bytes = [UInt8](withRoomFor: count) { buffer, filled in
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
  /// - Parameter known: what it probably holds. If it does, these are the snapshot's bytes.
  func snapshot(expecting known: [UInt8]? = nil) throws(FileFailure) -> FileSnapshot {
    var before = FileIdentity(try status())
    // A writer that never pauses gets its latest half: no reader without a lock can do better.
    for _ in 0..<5 {
      guard before.size <= FileSnapshot.limit else {
        throw .tooLarge(path: path, size: before.size, limit: FileSnapshot.limit)
      }
      let bytes = try content(Int(before.size), expecting: known)
      let after = FileIdentity(try status())
      if after == before, bytes.count == Int(after.size) {
        return FileSnapshot(bytes: bytes, identity: after)
      }
      before = after
    }
    guard before.size <= FileSnapshot.limit else {
      throw .tooLarge(path: path, size: before.size, limit: FileSnapshot.limit)
    }
    return FileSnapshot(bytes: try read(Int(before.size), at: 0), identity: before)
  }

  /// All of the file, whose size should be `size`; one byte more shows that it has grown.
  private func content(
    _ size: Int, expecting known: [UInt8]?
  ) throws(FileFailure) -> [UInt8] {
    if let known, known.count == size, try holds(known) { return known }
    return try read(size + 1, at: 0)
  }

  /// Whether the file holds `bytes` and nothing else: read from the first to the last, in pieces that
  /// stay in the processor's cache. Memory for all of them at once would take longer than reading.
  private func holds(_ bytes: [UInt8]) throws(FileFailure) -> Bool {
    for start in stride(from: 0, through: bytes.count, by: Self.pieceSize) {
      let expected = start..<min(start + Self.pieceSize, bytes.count)
      let isLast = expected.upperBound == bytes.count
      let piece = try read(expected.count + (isLast ? 1 : 0), at: start)
      guard bytes.hasSameBytes(in: expected, as: piece) else { return false }
    }
    return true
  }

  private static var pieceSize: Int { 64 << 10 }
}
