/// A proven way to replace the file's content: everything that could fail for want of permission or
/// space has been done already, and nothing of it is visible.
///
/// It belongs to the lock under which it was made, and keeps it; after `LockedFile.release` it is of
/// no use any more.
public struct Replacement: ~Copyable {
  /// How the content gets into its place.
  public enum Method: Sendable, Equatable {
    /// A temporary file takes the place of the old one in one step: readers see the old content or
    /// the new one.
    case exchange
    /// The content is written over, because the file's owner, access list or other names could not
    /// be kept otherwise, or because it can't be renamed. Readers may see a part of it; a save that
    /// is cut off is finished by the next run.
    case inPlace
  }

  /// What became of a commit.
  public enum CommitOutcome: Sendable, Equatable {
    /// The file holds the new content, on the disk too.
    case replaced(FileSnapshot)
    /// Somebody changed the file: this is what it holds, and nothing was written.
    case changed(FileSnapshot)
  }

  /// The moments of a commit at which a test may interfere.
  enum Moment { case beforeReplacing, beforePuttingBack }

  /// How the next commit will be done.
  public internal(set) var method: Method

  // Not `let session`: of a chain through one, such as `session.journal.read()`, Swift 6.0 aborts.
  var session: LockSession { heldSession }
  private let heldSession: LockSession
  var temporary: TemporaryFile?
  var redo: RedoFile?
  /// The file's version before and after space was reserved behind its end, which moves its times
  /// and changes nothing else.
  var reserved: (before: FileIdentity, after: FileIdentity)?
  /// The version whose owner, mode and attributes the temporary file has.
  var modelled: FileIdentity?

  init(_ session: LockSession, method: Method) {
    heldSession = session
    self.method = method
  }

  deinit {
    temporary?.discard()
    // Without the lock the image may be another run's by now.
    if !session.isReleased { try? redo?.clear() }
  }

  /// Replaces the file's whole content by `bytes`, provided that it is still `seen`; otherwise
  /// nothing is written, and the caller redoes its edit on what is there and calls again.
  ///
  /// An edit that comes in the very moment of the replacement is seen too: the two files change
  /// places, and what comes out is compared. (Not where the file system can't exchange, nor in
  /// place.)
  ///
  /// - Throws: `notFound`, `changedKind`, `replacedOutside`, or what the disk says; the file
  ///   then holds the old content or the new one.
  public mutating func commit(
    _ bytes: [UInt8], replacing seen: FileSnapshot
  ) throws(FileFailure) -> CommitOutcome {
    try commit(bytes, replacing: seen) { _ in }
  }

  /// Takes back all that the proof made.
  public consuming func discard() {}

  mutating func commit(
    _ bytes: [UInt8], replacing seen: FileSnapshot, at moment: (Moment) -> Void
  ) throws(FileFailure) -> CommitOutcome {
    guard bytes.count <= FileSnapshot.limit else {
      throw .tooLarge(
        path: session.place.path, size: Int64(bytes.count), limit: FileSnapshot.limit)
    }
    if method == .exchange,
      let outcome = try commitByExchange(bytes, replacing: seen, at: moment)
    {
      return outcome
    }
    method = .inPlace
    return try commitInPlace(bytes, replacing: seen, at: moment)
  }

  /// Whether `now` is the version `seen`, but for our own reservation.
  func isUnchanged(_ seen: FileIdentity, _ now: FileIdentity) -> Bool {
    if let reserved, seen == reserved.before { return now.isSameVersion(as: reserved.after) }
    return now.isSameVersion(as: seen)
  }
}
