import Glibc

extension [UInt8] {
  /// An array as `init(unsafeUninitializedCapacity:initializingWith:)` makes it, with room for `capacity`
  /// bytes or more.
  ///
  /// For megabytes the kernel is asked for huge pages (madvise(2)): to be given them in pages of 4 KiB,
  /// each when it is first touched, takes longer than to fill them. The first 2 MB come so all the same,
  /// because malloc(3) has touched them by then.
  init(
    withRoomFor capacity: Int,
    initializingWith fill: (inout UnsafeMutableBufferPointer<UInt8>, inout Int) -> Void
  ) {
    let hugePage = 2 << 20
    guard capacity > hugePage / 2 else {
      self.init(unsafeUninitializedCapacity: capacity, initializingWith: fill)
      return
    }
    // With what the array and malloc(3) put in front, no more than 64 bytes, whole huge pages: only
    // such a size does the kernel put where they can be.
    let size = (capacity + 64 + hugePage - 1) / hugePage * hugePage
    self.init(unsafeUninitializedCapacity: size - 64) { buffer, count in
      let address = UInt(bitPattern: buffer.baseAddress)
      let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
      madvise(UnsafeMutableRawPointer(bitPattern: address / page * page), size, MADV_HUGEPAGE)
      fill(&buffer, &count)
    }
  }
}
