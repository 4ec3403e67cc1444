import Glibc

/// An IPv4 or IPv6 address in its strict spelling: no `127.1`, no `0x7f000001`, no zone.
struct IPAddress: Equatable {
  /// Four bytes, or sixteen, in network order.
  let bytes: [UInt8]

  init?(_ text: some StringProtocol) {
    let text = String(text)
    for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: length)
      if inet_pton(family, text, &bytes) == 1 {
        self.bytes = bytes
        return
      }
    }
    return nil
  }

  /// 127.0.0.0/8 or ::1 (RFC 6890 §2.2).
  var isLoopback: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  /// Whether the first `bits` bits are those of `network`. Never across the two families.
  func isWithin(_ network: IPAddress, bits: Int) -> Bool {
    guard bytes.count == network.bytes.count, (0...bytes.count * 8).contains(bits) else {
      return false
    }
    return zip(bytes, network.bytes).enumerated().allSatisfy { index, pair in
      let counted = min(8, max(0, bits - index * 8))
      return (pair.0 ^ pair.1) >> (8 - counted) == 0
    }
  }
}
