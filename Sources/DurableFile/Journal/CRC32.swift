/// The CRC-32 of ISO/IEC 3309 (as in zlib and Ethernet): tells a whole record from a torn one. It is
/// no protection against somebody who writes to the file on purpose.
struct CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 0 ? value >> 1 : (value >> 1) ^ 0xedb8_8320
    }
  }

  private var state: UInt32 = .max

  mutating func add(_ bytes: some Sequence<UInt8>) {
    Self.table.withUnsafeBufferPointer { table in
      for byte in bytes {
        state = (state >> 8) ^ table[Int(UInt8(truncatingIfNeeded: state) ^ byte)]
      }
    }
  }

  var value: UInt32 { ~state }
}
