import Testing

@testable import DurableFile

@Suite("File systems that lack something")
struct FileSystemTests {
  @Test("are known by their numbers")
  func known() throws {
    #expect(FileSystem(type: 0x6573_5546)?.name == "FUSE")
    #expect(FileSystem(type: 0x0102_1997)?.mayInventModes == true)
    #expect(FileSystem(type: 0x6969)?.mayInventModes == false)
    #expect(FileSystem(type: 0x4d44)?.mayHideLocks == false)
    #expect(FileSystem(type: 0xfe53_4d42)?.name == "SMB")
    // ext4, tmpfs, overlayfs.
    for type: UInt32 in [0xEF53, 0x0102_1994, 0x794c_7630] {
      #expect(FileSystem(type: type) == nil)
    }
  }
}
