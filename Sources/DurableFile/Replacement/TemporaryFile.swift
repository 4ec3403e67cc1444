import Glibc

/// The file that will take the target's place, in the state folder, which no other user enters.
///
/// While it is filled it is called `new-…` and is worth nothing to anybody else. For the exchange it
/// gets the name of a leftover, because after the exchange the displaced target has that name. Either
/// name ends in the process: where a lock isn't shared, another run must leave the file alone.
struct TemporaryFile {
  private(set) var name: String
  let file: Descriptor
  private let folder: Folder

  /// Makes an empty file with the owner, mode, access list and attributes of `model`; nil when one
  /// of them can't be kept.
  static func make(
    in folder: Folder, like model: Descriptor
  ) throws(FileFailure) -> TemporaryFile? {
    let name = Leftover.unfinishedName
    try folder.remove(name)
    guard let file = folder.open(name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600) else {
      throw .current("openat", folder.path(of: name))
    }
    do throws(FileFailure) {
      if try copyAttributes(of: model, to: file) {
        return TemporaryFile(name: name, file: file, folder: folder)
      }
    } catch {
      try folder.remove(name)
      throw error
    }
    try folder.remove(name)
    return nil
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
  mutating func fill(_ bytes: [UInt8]) throws(FileFailure) {
    // Half of it must not look like a displaced file.
    guard name == Leftover.unfinishedName || rename(to: Leftover.unfinishedName) else {
      throw .current("renameat", folder.path(of: name))
    }
    try file.write(bytes, at: 0)
    try file.truncate(to: bytes.count)
  }

  /// Gives it the name under which the displaced file is looked into, should this run be killed.
  /// Without it only an edit in that very moment would be lost.
  mutating func nameForExchange(holding bytes: [UInt8], marked mark: String) {
    _ = rename(to: Leftover.name(beside: bytes, marked: mark))
  }

  private mutating func rename(to newName: String) -> Bool {
    let number = folder.descriptor.number
    guard renameat(number, name, number, newName) == 0 else { return false }
    name = newName
    return true
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
