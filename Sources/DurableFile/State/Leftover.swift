/// A file that a killed run had displaced, and not yet looked into.
struct Leftover {
  let name: String
  let snapshot: FileSnapshot

  /// Removes the half-written temporary files of killed runs. What is not ours is returned: the
  /// target as it was, perhaps with an edit that the run would have kept.
  static func find(in folder: Folder) throws(FileFailure) -> Leftover? {
    var found: Leftover?
    for name in try folder.names() where name.hasPrefix(TemporaryFile.prefix) {
      guard let inode = UInt64(name.dropFirst(TemporaryFile.prefix.count)),
        let status = try folder.status(of: name), status.isRegular
      else { continue }
      if UInt64(status.st_ino) == inode || status.st_size == 0 {
        try folder.remove(name)
      } else if found == nil, let snapshot = try? folder.snapshot(of: name) {
        found = Leftover(name: name, snapshot: snapshot)
      }
    }
    return found
  }
}
