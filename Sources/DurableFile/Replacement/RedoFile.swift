import Glibc

/// The image on disk: written before a save in place begins, emptied when it is whole.
struct RedoFile {
  static let name = "image"

  private let file: Descriptor
  private let folder: Folder

  init(in state: OpenStateFolder) throws(FileFailure) {
    file = try state.openFile(Self.name)
    folder = state.folder
  }

  /// Makes sure that an image of `count` bytes of content can be written.
  func reserve(_ count: Int) throws(FileFailure) {
    try file.reserve(RedoImage.headerSize + count)
  }

  /// After this the save can be finished by whoever finds the image.
  func write(_ image: RedoImage) throws(FileFailure) {
    try file.write(image.encoded, at: 0)
    try file.sync()
    try folder.sync()
  }

  /// On the disk as well: an image that came back with a power cut would undo what its owner does
  /// to the file later.
  func clear() throws(FileFailure) {
    try file.truncate(to: 0)
    try file.sync()
  }

  /// Finishes a save in place that was cut off; whether there was one.
  static func repair(_ session: LockSession, wasCreated: Bool) throws(FileFailure) -> Bool {
    guard let status = try session.state.folder.status(of: name), status.st_size > 0 else {
      return false
    }
    let redo = try RedoFile(in: session.state)
    let bytes = try redo.file.read(
      min(Int(status.st_size), RedoImage.headerSize + 2 * FileSnapshot.limit), at: 0)
    if let version = RedoImage.newerVersion(bytes) {
      throw .journalNewer(path: redo.file.path, version: version)
    }
    // A file that was absent has been removed by somebody, which is no cut off save.
    guard !wasCreated, let image = RedoImage(bytes) else {
      try redo.clear()
      return false
    }
    let current = try session.file.snapshot().bytes
    let isTorn = RedoImage.isTorn(current: current, before: image.before, after: image.after)
    if isTorn { try session.file.overwrite(with: image.after, current: current.count) }
    // Whole, but perhaps not on the disk yet.
    if current == image.after { try session.file.sync() }
    try redo.clear()
    return isTorn
  }
}

extension Descriptor {
  /// Replaces a content of `current` bytes, and syncs. Never shorter than both in between: an
  /// editor must not find an empty file.
  func overwrite(with bytes: [UInt8], current: Int) throws(FileFailure) {
    try write(bytes, at: 0)
    try sync()
    guard bytes.count < current else { return }
    // Not before: a power cut could otherwise keep the new size with the old content, which looks
    // like somebody's edit.
    try truncate(to: bytes.count)
    try sync()
  }
}
