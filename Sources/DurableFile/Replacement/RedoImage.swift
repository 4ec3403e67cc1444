import Glibc

/// What is needed to finish a save in place that was cut off: the content before and after, with a
/// checksum over both and over the inode of the file, which a save in place doesn't change. Nobody who
/// brings an image, such as a repository, can know that.
struct RedoImage: Equatable {
  private static let magic = Array("XAUTHIMG".utf8)
  private static let version: UInt32 = 1
  static let headerSize = 32
  /// What a disk writes completely or not at all, in bytes.
  static let sector = 512

  let inode: UInt64
  let before: [UInt8]
  let after: [UInt8]

  init(of inode: UInt64, before: [UInt8], after: [UInt8]) {
    (self.inode, self.before, self.after) = (inode, before, after)
  }

  var encoded: [UInt8] {
    var bytes = Self.magic
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: checksum)
    bytes.append(littleEndian: UInt64(before.count))
    bytes.append(littleEndian: UInt64(after.count))
    return bytes + before + after
  }

  /// The version of an image that a newer program left, nil for anything else.
  static func newerVersion(_ bytes: [UInt8]) -> UInt32? {
    guard bytes.count >= headerSize, bytes.starts(with: magic) else { return nil }
    let version = bytes.littleEndian(at: 8, as: UInt32.self)
    return version > Self.version ? version : nil
  }

  /// nil unless `bytes` start with a whole image of the file with this inode. A torn one means that its
  /// file was not touched.
  init?(_ bytes: [UInt8], of inode: UInt64) {
    guard bytes.count >= Self.headerSize, bytes.starts(with: Self.magic),
      bytes.littleEndian(at: 8, as: UInt32.self) == Self.version
    else { return nil }
    let before = bytes.littleEndian(at: 16, as: UInt64.self)
    let after = bytes.littleEndian(at: 24, as: UInt64.self)
    let room = UInt64(bytes.count - Self.headerSize)
    guard before <= room, after <= room - before else { return nil }
    let middle = Self.headerSize + Int(before)
    self.init(
      of: inode, before: Array(bytes[Self.headerSize..<middle]),
      after: Array(bytes[middle..<(middle + Int(after))]))
    guard checksum == bytes.littleEndian(at: 12, as: UInt32.self) else { return nil }
  }

  private var checksum: UInt32 {
    var sum = CRC32()
    var counts: [UInt8] = []
    counts.append(littleEndian: inode)
    counts.append(littleEndian: UInt64(before.count))
    counts.append(littleEndian: UInt64(after.count))
    sum.add(counts)
    sum.add(before)
    sum.add(after)
    return sum.value
  }

  /// Whether `current` is what a save in place leaves behind when it is cut off: neither `before`
  /// nor `after`, but empty, or a mixture of both.
  ///
  /// A kill leaves the beginning of `after` followed by the corresponding rest of `before`. A power
  /// cut may leave any sectors new and the others old, and zeros where the file had grown but not
  /// been filled. Everything else is somebody's edit.
  static func isTorn(current: [UInt8], before: [UInt8], after: [UInt8]) -> Bool {
    if current == before || current == after { return false }
    if current.isEmpty { return true }
    // The file is truncated only when its content is on the disk, so at the shorter size it is whole;
    // while it grows it may have any size in between.
    let count = current.count
    guard count == before.count || (before.count < count && count <= after.count) else {
      return false
    }
    return stride(from: 0, to: count, by: sector).allSatisfy { start in
      isMixture(start..<min(start + sector, count), of: current, before: before, after: after)
    }
  }

  // Within one sector: first bytes of `after`, then bytes of `before`.
  private static func isMixture(
    _ range: Range<Int>, of current: [UInt8], before: [UInt8], after: [UInt8]
  ) -> Bool {
    let isNew = { (index: Int) in index < after.count && current[index] == after[index] }
    let isOld = { (index: Int) in
      index < before.count ? current[index] == before[index] : current[index] == 0
    }
    guard let split = range.first(where: { !isNew($0) }) else { return true }
    return (split..<range.upperBound).allSatisfy(isOld)
  }
}

/// The image on disk: written before a save in place begins, emptied when the save is complete.
struct RedoFile {
  private static let name = "image"

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

  /// After this, any later run can finish the save.
  func write(_ image: RedoImage) throws(FileFailure) {
    try file.write(image.encoded, at: 0)
    try file.sync()
    try folder.sync()
  }

  /// Empties the image, on the disk too: one that came back with a power cut would undo later edits
  /// of the file.
  func clear() throws(FileFailure) {
    try file.truncate(to: 0)
    try file.sync()
  }

  /// Finishes a save in place that was cut off; returns whether there was one.
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
    // An absent file was removed by somebody; that is no save that was cut off.
    let snapshot = try session.file.snapshot()
    guard !wasCreated, let image = RedoImage(bytes, of: snapshot.identity.inode) else {
      try redo.clear()
      return false
    }
    let current = snapshot.bytes
    let isTorn = RedoImage.isTorn(current: current, before: image.before, after: image.after)
    if isTorn { try session.file.overwrite(with: image.after, current: current.count) }
    // It is whole, but perhaps not on the disk yet.
    if current == image.after { try session.file.sync() }
    try redo.clear()
    return isTorn
  }
}
