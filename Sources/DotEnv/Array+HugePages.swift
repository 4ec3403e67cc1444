import Glibc

extension [UInt8] {
  /// An array as `init(unsafeUninitializedCapacity:initializingWith:)` makes it, with room for `capacity`
  /// bytes or more.
  ///
  /// For megabytes the kernel is asked for huge pages (madvise(2)): to be given them in pages of 4 KiB,
  /// each when it is first touched, takes longer than to fill them. Where there are none nothing changes.
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
      let start = UnsafeMutableRawPointer(bitPattern: address / page * page)
      madvise(start, size, MADV_HUGEPAGE)
      // The first is no huge page any more, because malloc(3) has touched it: it is made one again.
      madvise(start, hugePage, madviseCollapse)
      fill(&buffer, &count)
    }
  }
}

// Since Linux 6.1, and in glibc's headers only since 2.37 (madvise(2), MADV_COLLAPSE).
private let madviseCollapse: Int32 = 25
