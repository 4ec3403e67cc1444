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
