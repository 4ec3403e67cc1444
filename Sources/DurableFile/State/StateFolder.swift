/// Where a target's lock, journal and temporary files are. It depends on the resolved file alone, so
/// that everybody who renews the same file finds the same lock.
public struct StateFolder: Sendable, Equatable {
  /// The folder's absolute path.
  public let path: String
  /// Whether it is `<file>.xauth` beside the file; otherwise it is under the home of the file's
  /// owner.
  public let isBesideFile: Bool
  /// The folder itself, by its inode: what nobody can know who brings its content from elsewhere. Its
  /// device isn't part of it: another mount, or a boot, gives it another number.
  public let identity: String

  /// The journal's path. When a save fails, this file holds what was to be saved.
  public var journalPath: String { "\(path)/\(Journal.name)" }

  /// The state folder of `target`, nil when there is none yet.
  ///
  /// - Throws: `stateNotAFolder`, `stateFolderUnsafe`, `notOwner`; as root `stateBehindLink`,
  ///   `untrusted` and `untrustedMode`.
  public static func locate(for target: FileTarget) throws(FileFailure) -> StateFolder? {
    try OpenStateFolder.find(for: try FilePlace.open(target))?.place
  }
}

extension FileTarget {
  /// Where the state folder is, unless it can't be made there: `<file>.xauth`.
  public var stateFolderPath: String { "\(path).xauth" }

  /// The payload of the newest whole journal record, and the folder that it is in; nil when there is
  /// none. Takes no lock and makes nothing: good enough to show, not to act on.
  ///
  /// - Throws: `journalDamaged`, `journalNewer`, and the failures of `StateFolder.locate`.
  public func peekJournal() throws(FileFailure) -> (payload: [UInt8], state: StateFolder)? {
    let place = try FilePlace.open(self)
    guard let state = try OpenStateFolder.find(for: place),
      let payload = try Journal(readingIn: state)?.read()
    else { return nil }
    return (payload, state.place)
  }
}
