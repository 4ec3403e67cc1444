import Glibc
import Synchronization

/// A loopback address of one test's own: 127/8 has enough for all, so no two want the same port.
enum LoopbackAddress {
  private static let next = Atomic<UInt32>(UInt32(truncatingIfNeeded: getpid()) &* 251)

  static func fresh() -> String {
    let number = next.add(1, ordering: .relaxed).newValue % (1 << 22) + 256
    return "127.\((number >> 16) + 1).\(number >> 8 & 255).\(number & 255)"
  }
}
