/// One record of the journal as it lies in its slot: magic, version, sequence, length, checksum,
/// payload.
struct JournalRecord: Equatable {
  static let magic = Array("XAUTHJNL".utf8)
  static let version: UInt32 = 1
  static let headerSize = 32

  /// Grows by one with each record; the highest whole one counts.
  let sequence: UInt64
  let payload: [UInt8]

  var encoded: [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(Self.headerSize + payload.count)
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: UInt32(payload.count))
    bytes.append(littleEndian: sequence)
    bytes.append(littleEndian: Self.checksum(of: bytes[8..<24], payload))
    bytes.append(littleEndian: UInt32(0))
    bytes += payload
    return bytes
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

  init(sequence: UInt64, payload: [UInt8]) {
    self.sequence = sequence
    self.payload = payload
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
