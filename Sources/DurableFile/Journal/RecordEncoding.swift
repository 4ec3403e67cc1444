// What a journal record and the image of a save in place have in common: integers with the least
// significant byte first, and a checksum.

extension [UInt8] {
  /// Appends `value`, least significant byte first.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// The integer of `Value`'s width that starts `offset` bytes into the collection, least
  /// significant byte first.
  func littleEndian<Value: FixedWidthInteger>(at offset: Int, as: Value.Type) -> Value {
    let width = Value.bitWidth / 8
    return self[(startIndex + offset)..<(startIndex + offset + width)].reversed()
      .reduce(0) { $0 << 8 | Value($1) }
  }
}

/// The CRC-32 of ISO/IEC 3309 (as in zlib and Ethernet). It tells a whole record from a torn one, and
/// doesn't protect against changes made on purpose.
struct CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 0 ? value >> 1 : (value >> 1) ^ 0xedb8_8320
    }
  }

  private var state: UInt32 = .max

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      state = (state >> 8) ^ Self.table[Int(UInt8(truncatingIfNeeded: state) ^ byte)]
    }
  }

  var value: UInt32 { ~state }
}
