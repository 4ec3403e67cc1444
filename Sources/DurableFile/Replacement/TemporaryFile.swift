import Glibc

/// The file that will take the target's place, in the state folder, which nobody else enters.
///
/// It is named after its own inode: when a run is killed after the exchange, the file under that
/// name is another one, the displaced, and can be told from a half-written file of ours.
struct TemporaryFile {
  private static let unnamed = "new"
  static let prefix = "new-"

  let name: String
  let file: Descriptor
  private let folder: Folder

  /// Makes an empty file with the owner, mode, access list and attributes of `model`; nil when one
  /// of them can't be kept.
  static func make(
    in folder: Folder, like model: Descriptor
  ) throws(FileFailure) -> TemporaryFile? {
    // Under this name a file is never exchanged, so what a killed run left is ours.
    try folder.remove(unnamed)
    guard let file = folder.open(unnamed, O_RDWR | O_CREAT | O_EXCL, mode: 0o600) else {
      throw .current("openat", folder.path(of: unnamed))
    }
    do throws(FileFailure) {
      guard try copyAttributes(of: model, to: file) else {
        try folder.remove(unnamed)
        return nil
      }
      let name = prefix + String(UInt64(try file.status().st_ino))
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

  // The owner first: changing it takes away bits of the mode. The mode before the access list,
  // whose mask it would change.
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
    try file.setMode(wanted.mode)
    guard try attributes.apply(to: file) else { return false }
    let now = FileIdentity(try file.status())
    return now.mode == wanted.mode && now.owner == wanted.owner && now.group == wanted.group
  }

  /// Makes `bytes` the file's whole content.
  func fill(_ bytes: [UInt8]) throws(FileFailure) {
    try file.write(bytes, at: 0)
    try file.truncate(to: bytes.count)
  }

  /// Whether the name still means the file that was made here.
  func isInPlace() throws(FileFailure) -> Bool {
    guard let named = try folder.status(of: name) else { return false }
    return FileIdentity(named).isSameFile(as: FileIdentity(try file.status()))
  }

  /// Removes the file, unless something displaced stands under its name.
  func discard() {
    if (try? isInPlace()) == true { try? folder.remove(name) }
  }
}
