/// What a save in place needs to be finished by somebody else: the content before and after, with a
/// checksum over both.
struct RedoImage: Equatable {
  private static let magic = Array("XAUTHIMG".utf8)
  private static let version: UInt32 = 1
  static let headerSize = 32

  let before: [UInt8]
  let after: [UInt8]

  init(before: [UInt8], after: [UInt8]) {
    self.before = before
    self.after = after
  }

  var encoded: [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(Self.headerSize + before.count + after.count)
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: Self.checksum(before, after))
    bytes.append(littleEndian: UInt64(before.count))
    bytes.append(littleEndian: UInt64(after.count))
    return bytes + before + after
  }

  /// The version of an image that a newer program left, nil for all else.
  static func newerVersion(_ bytes: [UInt8]) -> UInt32? {
    guard bytes.count >= headerSize, bytes.starts(with: magic) else { return nil }
    let version = bytes.littleEndian(at: 8, as: UInt32.self)
    return version > Self.version ? version : nil
  }

  /// nil unless `bytes` start with a whole image: a torn one means that its target was not touched.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headerSize, bytes.starts(with: Self.magic),
      bytes.littleEndian(at: 8, as: UInt32.self) == Self.version
    else { return nil }
    let before = bytes.littleEndian(at: 16, as: UInt64.self)
    let after = bytes.littleEndian(at: 24, as: UInt64.self)
    let limit = UInt64(FileSnapshot.limit)
    guard before <= limit, after <= limit,
      UInt64(bytes.count) >= UInt64(Self.headerSize) + before + after
    else { return nil }
    let middle = Self.headerSize + Int(before)
    self.before = Array(bytes[Self.headerSize..<middle])
    self.after = Array(bytes[middle..<(middle + Int(after))])
    guard Self.checksum(self.before, self.after) == bytes.littleEndian(at: 12, as: UInt32.self)
    else { return nil }
  }

  private static func checksum(_ before: [UInt8], _ after: [UInt8]) -> UInt32 {
    var sum = CRC32()
    var counts: [UInt8] = []
    counts.append(littleEndian: UInt64(before.count))
    counts.append(littleEndian: UInt64(after.count))
    sum.add(counts)
    sum.add(before)
    sum.add(after)
    return sum.value
  }
}
