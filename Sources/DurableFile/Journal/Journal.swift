import Glibc

/// The journal: two slots in a file that is never replaced, written in turn, so that a record that
/// is torn by a kill or a power cut leaves the one before it whole.
///
/// The file has its full size from the start: writing a record neither needs space nor changes
/// where the file's blocks are.
final class Journal {
  static let name = "journal"
  static let slotSize = 128 << 10
  static let slots = 2
  static let capacity = slotSize - JournalRecord.headerSize
  private static let size = slotSize * slots

  private let file: Descriptor
  private var newest: (slot: Int, record: JournalRecord)?
  private var isDamaged = false
  /// Whether `newest` may not be on the disk.
  private var isBehind = false

  /// Opens the journal in `state`, made if need be.
  ///
  /// - Throws: `journalNewer`, `noSpace`, `quota`.
  init(in state: OpenStateFolder) throws(FileFailure) {
    file = try state.openFile(Self.name)
    let count = Int(try file.status().st_size)
    if count < Self.size {
      // A record is written only once the file has its size; what is there is left alone.
      try file.write([UInt8](repeating: 0, count: Self.size - count), at: count)
      try file.sync()
      try state.folder.sync()
      // A run that was killed after making the folder may not have synced its name.
      guard let parent = state.folder.child("..") else {
        throw .current("openat", state.folder.path)
      }
      try parent.sync()
    }
    try load()
  }

  /// Opens the journal in `state` only to be read; nil when there is none.
  init?(readingIn state: OpenStateFolder) throws(FileFailure) {
    guard let file = state.folder.open(Self.name, O_RDONLY) else {
      if errno == ENOENT { return nil }
      throw .notReadable(path: state.folder.path(of: Self.name), errno: errno)
    }
    let status = try file.status()
    guard status.isRegular else {
      throw .stateFolderUnsafe(
        path: file.path, owner: status.st_uid, mode: UInt32(status.st_mode) & 0o7777)
    }
    self.file = file
    try load()
  }

  /// The newest whole record's payload, nil when none was ever written.
  ///
  /// - Throws: `journalDamaged` when something was written and no record is whole.
  func read() throws(FileFailure) -> [UInt8]? {
    if let newest { return newest.record.payload }
    if isDamaged { throw .journalDamaged(path: file.path) }
    return nil
  }

  /// Makes `payload` the newest record: one write, and then it is on the disk, unless `later` leaves
  /// that to the next sync. With `erasing`, what a longer record has left behind it in the slot goes
  /// too.
  func write(_ payload: [UInt8], erasing: Bool = false, later: Bool = false) throws(FileFailure) {
    guard payload.count <= Self.capacity else {
      throw .journalRecordTooLarge(count: payload.count, capacity: Self.capacity)
    }
    // Without a name nobody would ever find the record.
    guard try file.status().st_nlink > 0 else { throw .journalRemoved(path: file.path) }
    // The slot to be written holds the last record that surely is on the disk. A disk that fails here
    // fails below too, and then the next run should still find this record in memory.
    if isBehind { try? sync() }
    let slot = newest.map { ($0.slot + 1) % Self.slots } ?? 0
    let record = JournalRecord(
      sequence: (newest?.record.sequence ?? 0) &+ 1, payload: payload)
    var bytes = record.encoded
    if erasing { bytes += [UInt8](repeating: 0, count: Self.slotSize - bytes.count) }
    try file.write(bytes, at: slot * Self.slotSize)
    isBehind = true
    if !later { try sync() }
    newest = (slot, record)
  }

  func sync() throws(FileFailure) {
    try file.syncData()
    isBehind = false
  }

  func close() { file.close() }

  private func load() throws(FileFailure) {
    for slot in 0..<Self.slots {
      let start = slot * Self.slotSize
      guard let header = JournalRecord.Header(try file.read(JournalRecord.headerSize, at: start))
      else { continue }
      // Refused even if it is torn: what a newer program needs, we don't know.
      guard header.version <= JournalRecord.version else {
        throw .journalNewer(path: file.path, version: header.version)
      }
      guard header.version == JournalRecord.version, header.count <= Self.capacity else {
        continue
      }
      let payload = try file.read(header.count, at: start + JournalRecord.headerSize)
      guard let record = JournalRecord(header, payload: payload) else { continue }
      if record.sequence > newest?.record.sequence ?? 0 { newest = (slot, record) }
    }
    if newest == nil { isDamaged = try file.read(Self.size, at: 0).contains { $0 != 0 } }
  }
}
