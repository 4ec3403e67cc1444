import Glibc

/// The journal: two slots in a file that is never replaced, written in turn, so that a record torn by
/// a kill or a power cut leaves the one before it whole.
///
/// The file has its full size from the start: writing a record needs no space and doesn't change
/// where the file's blocks are.
final class Journal {
  static let name = "journal"
  static let slots = 2
  static let capacity = slotSize - JournalRecord.headerSize
  private static let slotSize = 128 << 10
  private static let size = slotSize * slots

  private let file: Descriptor
  private var newest: (slot: Int, record: JournalRecord)?
  private var isDamaged = false
  /// Whether `newest` may not be on the disk yet.
  private var isUnsynced = false

  /// Opens the journal in `state`, made if need be.
  ///
  /// - Throws: `journalNewer`, `noSpace`, `quota`.
  init(in state: OpenStateFolder) throws(FileFailure) {
    file = try state.openFile(Self.name)
    let count = Int(try file.status().st_size)
    if count < Self.size {
      // No record is written before the file has its size. What is there already is left alone.
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

  /// Opens the journal in `state` for reading only; nil when there is none.
  init?(readingIn state: OpenStateFolder) throws(FileFailure) {
    guard let file = state.folder.open(Self.name, O_RDONLY) else {
      if errno == ENOENT { return nil }
      throw .notReadable(path: state.folder.path(of: Self.name), errno: errno)
    }
    let status = try file.status()
    guard status.isRegular else { throw .unsafeState(file.path, status) }
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

  /// Makes `payload` the newest record with one write. It is on the disk when this returns, unless
  /// `later` leaves that to the next sync. `erasing` also overwrites what a longer record left behind
  /// it in the slot.
  func write(_ payload: [UInt8], erasing: Bool = false, later: Bool = false) throws(FileFailure) {
    guard payload.count <= Self.capacity else {
      throw .journalRecordTooLarge(count: payload.count, capacity: Self.capacity)
    }
    // In a file without a name nobody would ever find the record.
    guard try file.status().st_nlink > 0 else { throw .journalRemoved(path: file.path) }
    // The slot about to be overwritten holds the last record that is surely on the disk. If the disk
    // fails here it fails below too, and then the next run should still find this record in memory.
    if isUnsynced { try? sync() }
    let slot = newest.map { ($0.slot + 1) % Self.slots } ?? 0
    let record = JournalRecord(
      sequence: (newest?.record.sequence ?? 0) &+ 1, payload: payload)
    var bytes = record.encoded
    if erasing { bytes += [UInt8](repeating: 0, count: Self.slotSize - bytes.count) }
    try file.write(bytes, at: slot * Self.slotSize)
    isUnsynced = true
    if !later { try sync() }
    newest = (slot, record)
  }

  /// Fails as writing a record to either slot would.
  ///
  /// Each slot's last byte is written again, as it is: a whole slot may hold the only record of a token,
  /// also one that another run has just put there, where locks aren't shared.
  func prove() throws(FileFailure) {
    for slot in 1...Self.slots {
      let end = slot * Self.slotSize - 1
      try file.write(try file.read(1, at: end), at: end)
    }
    try sync()
  }

  func sync() throws(FileFailure) {
    try file.syncData()
    isUnsynced = false
  }

  func close() { file.close() }

  /// The journal as it is now, through a descriptor of its own.
  func reopened(in state: OpenStateFolder) throws(FileFailure) -> Journal {
    try Journal(in: state)
  }

  private func load() throws(FileFailure) {
    for slot in 0..<Self.slots {
      let start = slot * Self.slotSize
      guard let header = JournalRecord.Header(try file.read(JournalRecord.headerSize, at: start))
      else { continue }
      // Refused even if it is torn: what a newer program needs is unknown.
      guard header.version <= JournalRecord.version else {
        throw .journalNewer(path: file.path, version: header.version)
      }
      guard header.count <= Self.capacity else { continue }
      let payload = try file.read(header.count, at: start + JournalRecord.headerSize)
      guard let record = JournalRecord(header, payload: payload) else { continue }
      if record.sequence > newest?.record.sequence ?? 0 { newest = (slot, record) }
    }
    if newest == nil { isDamaged = try file.read(Self.size, at: 0).contains { $0 != 0 } }
  }
}

/// A record as it is stored in its slot: magic, version, length, sequence, checksum, four zeros for a
/// later version, payload.
struct JournalRecord: Equatable {
  /// Version 1 is that of 0.1.0. Its records are laid out in the same way and say less; a program
  /// that knows only version 1 refuses a journal with a record of version 2.
  static let version: UInt32 = 2
  static let headerSize = 32
  private static let magic = Array("XAUTHJNL".utf8)

  /// One more with each record; the highest whole one counts.
  let sequence: UInt64
  let payload: [UInt8]

  init(sequence: UInt64, payload: [UInt8]) {
    self.sequence = sequence
    self.payload = payload
  }

  var encoded: [UInt8] {
    var bytes = Self.magic
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: UInt32(payload.count))
    bytes.append(littleEndian: sequence)
    bytes.append(littleEndian: Self.checksum(of: bytes[8..<24], payload))
    bytes.append(littleEndian: UInt32(0))
    return bytes + payload
  }

  /// What the first bytes of a slot say about the rest.
  struct Header {
    let version: UInt32
    let count: Int
    let sequence: UInt64
    fileprivate let checksum: UInt32
    fileprivate let checked: [UInt8]

    /// nil when no record starts here.
    init?(_ bytes: [UInt8]) {
      guard bytes.count >= headerSize, bytes.starts(with: magic) else { return nil }
      version = bytes.littleEndian(at: 8, as: UInt32.self)
      count = Int(bytes.littleEndian(at: 12, as: UInt32.self))
      sequence = bytes.littleEndian(at: 16, as: UInt64.self)
      checksum = bytes.littleEndian(at: 24, as: UInt32.self)
      checked = Array(bytes[8..<24])
    }
  }

  /// nil when the record was not written to its end.
  init?(_ header: Header, payload: [UInt8]) {
    guard payload.count == header.count,
      Self.checksum(of: header.checked[...], payload) == header.checksum
    else { return nil }
    self.init(sequence: header.sequence, payload: payload)
  }

  private static func checksum(of header: ArraySlice<UInt8>, _ payload: [UInt8]) -> UInt32 {
    var sum = CRC32()
    sum.add(header)
    sum.add(payload)
    return sum.value
  }
}
