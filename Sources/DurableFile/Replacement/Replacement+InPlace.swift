import Glibc

extension Replacement {
  mutating func commitInPlace(
    _ bytes: [UInt8], replacing seen: FileSnapshot, at moment: (Moment) -> Void
  ) throws(FileFailure) -> CommitOutcome {
    temporary?.discard()
    temporary = nil
    let redo = try image()
    try redo?.write(RedoImage(before: seen.bytes, after: bytes))
    moment(.beforeReplacing)
    let now = try session.current()
    guard isUnchanged(seen.identity, now.identity), now.bytes == seen.bytes else {
      try redo?.clear()
      return .changed(now)
    }
    // If this fails, the image stays: the next run finishes what has begun.
    self.redo = nil
    try session.file.overwrite(with: bytes, current: now.bytes.count)
    try redo?.clear()
    return .replaced(
      FileSnapshot(bytes: bytes, identity: FileIdentity(try session.file.status())))
  }

  /// nil when somebody has removed the state folder since the proof: a save that can't be finished
  /// by others is still better than none.
  private mutating func image() throws(FileFailure) -> RedoFile? {
    guard try session.state.folder.descriptor.status().st_nlink > 0 else { return nil }
    if redo == nil { redo = try RedoFile(in: session.state) }
    return redo
  }
}
