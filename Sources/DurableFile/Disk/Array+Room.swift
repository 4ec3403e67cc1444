import CSystem

extension [UInt8] {
  /// An array as `init(unsafeUninitializedCapacity:initializingWith:)` makes it, with room for `capacity`
  /// bytes or more, and quicker to fill where those are megabytes.
  init(
    withRoomFor capacity: Int,
    initializingWith fill: (inout UnsafeMutableBufferPointer<UInt8>, inout Int) -> Void
  ) {
    let size = csystem_roomy_size(capacity)
    self.init(unsafeUninitializedCapacity: size) { buffer, count in
      csystem_fill_soon(buffer.baseAddress, size)
      fill(&buffer, &count)
    }
  }
}
