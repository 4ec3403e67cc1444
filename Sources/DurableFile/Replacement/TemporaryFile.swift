import Glibc

/// The file that will take the target's place, in the state folder, which no other user enters.
///
/// It is named after its own inode. If a run is killed after the exchange, the file under that name
/// has another inode: it is the displaced target, and not a half-written file. It is named after its
/// process too: where a lock isn't shared, another run must leave it alone.
struct TemporaryFile {
  static let prefix = "new-"

  let name: String
  let file: Descriptor
  private let folder: Folder

  /// Makes an empty file with the owner, mode, access list and attributes of `model`; nil when one
  /// of them can't be kept.
  static func make(
    in folder: Folder, like model: Descriptor
  ) throws(FileFailure) -> TemporaryFile? {
    let process = ProcessIdentity.current.name
    // Without the inode, which isn't known yet.
    let unnamed = "\(prefix)-\(process)"
    try folder.remove(unnamed)
    guard let file = folder.open(unnamed, O_RDWR | O_CREAT | O_EXCL, mode: 0o600) else {
      throw .current("openat", folder.path(of: unnamed))
    }
    do throws(FileFailure) {
      guard try copyAttributes(of: model, to: file) else {
        try folder.remove(unnamed)
        return nil
      }
      let name = "\(prefix)\(UInt64(try file.status().st_ino))-\(process)"
      let number = folder.descriptor.number
      guard renameat(number, unnamed, number, name) == 0 else {
        throw FileFailure.current("renameat", folder.path(of: name))
      }
      return TemporaryFile(name: name, file: file, folder: folder)
    } catch {
      try folder.remove(unnamed)
      throw error
    }
  }

  /// Gives the file the owner, mode and attributes of `model`; false when one can't be kept.
  func copyAttributes(of model: Descriptor) throws(FileFailure) -> Bool {
    try Self.copyAttributes(of: model, to: file)
  }

  // The owner first, because changing it clears bits of the mode; then the mode, because setting it
  // changes the access list's mask.
  private static func copyAttributes(
    of model: Descriptor, to file: Descriptor
  ) throws(FileFailure) -> Bool {
    let wanted = FileIdentity(try model.status())
    let own = FileIdentity(try file.status())
    if own.owner != wanted.owner || own.group != wanted.group {
      if fchown(file.number, wanted.owner, wanted.group) != 0 { return false }
    }
    let attributes = try ExtendedAttributes(of: model)
    attributes.removeInheritedList(from: file)
    // Some mounts refuse it.
    guard (try? file.setMode(wanted.mode)) != nil else { return false }
    guard try attributes.apply(to: file) else { return false }
    let now = FileIdentity(try file.status())
    return now.mode == wanted.mode && now.owner == wanted.owner && now.group == wanted.group
  }

  /// Makes `bytes` the file's whole content.
  func fill(_ bytes: [UInt8]) throws(FileFailure) {
    try file.write(bytes, at: 0)
    try file.truncate(to: bytes.count)
  }

  /// Whether the name still leads to the file that was made here.
  func isInPlace() throws(FileFailure) -> Bool {
    guard let named = try folder.status(of: name) else { return false }
    return FileIdentity(named).isSameFile(as: FileIdentity(try file.status()))
  }

  /// Removes the file, unless its name leads to a displaced one.
  func discard() {
    if (try? isInPlace()) == true { try? folder.remove(name) }
  }
}

/// A file that a killed run had displaced and had not looked into yet.
struct Leftover {
  let name: String
  let snapshot: FileSnapshot

  /// Removes the half-written temporary files of killed runs. Returns a displaced file, if there is
  /// one: the target as it was, perhaps with an edit that the run would have kept.
  static func find(in folder: Folder) throws(FileFailure) -> Leftover? {
    var found: Leftover?
    for name in try folder.names() {
      let parts = name.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts[0] == "new", let status = try folder.status(of: name), status.isRegular,
        isLeft(by: parts.count > 2 ? String(parts[2]) : "", status)
      else { continue }
      if parts.count == 1 || parts[1].isEmpty {
        // It is never exchanged under such a name.
        try folder.remove(name)
        continue
      }
      guard let inode = UInt64(parts[1]) else { continue }
      if UInt64(status.st_ino) == inode || status.st_size == 0 {
        try folder.remove(name)
      } else if found == nil, let snapshot = try? folder.snapshot(of: name) {
        found = Leftover(name: name, snapshot: snapshot)
      }
    }
    return found
  }

  /// Seconds after which a file is a dead process's that can't be looked for: of another machine or
  /// container.
  private static let longestSave = 300

  /// Whether `process` has ended. 0.1.0 named none: it relied on the lock.
  private static func isLeft(by process: String, _ status: stat) -> Bool {
    switch ProcessIdentity.holder(ofName: process) {
    case .running: false
    case .unknown: time(nil) - status.st_ctim.tv_sec > longestSave
    case .ended, nil: true
    }
  }
}
