import Glibc

/// Where lock, journal and temporary files of a target are: it depends on the resolved file alone,
/// so that all who renew the same file find the same lock.
public struct StateFolder: Sendable, Equatable {
  /// The folder's absolute path.
  public let path: String
  /// Whether it is `<file>.xauth` beside the file; otherwise it is under the home of the file's
  /// owner.
  public let isBesideFile: Bool

  /// The journal's path: when a save fails, the file that holds what was to be saved.
  public var journalPath: String { "\(path)/\(Journal.name)" }

  /// The state folder of `target`, nil when there is none yet.
  ///
  /// - Throws: `stateNotAFolder`, `stateFolderUnsafe`, `notOwner`.
  public static func locate(for target: FileTarget) throws(FileFailure) -> StateFolder? {
    try OpenStateFolder.find(for: try FilePlace.open(target), create: false)?.place
  }
}

extension FileTarget {
  /// Where the state folder is unless it can't be made there: `<file>.xauth`.
  public var stateFolderPath: String { "\(path).xauth" }

  /// The payload of the newest whole journal record as it is now, nil when there is none. Takes no
  /// lock and makes nothing: to show, not to act on.
  ///
  /// - Throws: `journalDamaged`, `journalNewer`, and those of `StateFolder.locate`.
  public func peekJournal() throws(FileFailure) -> [UInt8]? {
    let place = try FilePlace.open(self)
    guard let state = try OpenStateFolder.find(for: place, create: false),
      let journal = try Journal(readingIn: state)
    else { return nil }
    return try journal.read()
  }
}
