import Glibc

extension [UInt8] {
  /// Whether both are the same.
  func hasSameBytes(as other: [UInt8]) -> Bool { hasSameBytes(in: indices, as: other) }

  /// Whether the bytes in `range` are `other`. By memcmp(3): Swift compares them byte by byte.
  func hasSameBytes(in range: Range<Int>, as other: [UInt8]) -> Bool {
    guard range.count == other.count else { return false }
    return withUnsafeBytes { mine in
      other.withUnsafeBytes { theirs in
        let mine = UnsafeRawBufferPointer(rebasing: mine[range])
        guard let one = mine.baseAddress, let two = theirs.baseAddress else { return mine.isEmpty }
        return one == two || memcmp(one, two, mine.count) == 0
      }
    }
  }
}
