import Testing
@testable import OAuth
@Test func digest() { #expect(sha256([UInt8]("abc".utf8))?.prefix(3) == [0xba, 0x78, 0x16]) }
