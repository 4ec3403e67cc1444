import TestSupport
import Testing

import Glibc
import Paths

@Suite("Paths are bytes")
struct PathBytesTests {
  private func back(_ text: String) -> [UInt8] {
    text.pathBytes.dropLast().map(UInt8.init(bitPattern:))
  }

  @Test(
    "every path is the same after it was text",
    arguments: [
      Array("/srv/\u{e4}/\u{65}\u{301}/\u{fffd}".utf8), Array("/lat".utf8) + [0xE9, 0x2F, 0x61],
      [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98, 0x2F], [0xC0, 0xAF], [0xED, 0xA0, 0x80],
      Array("\u{10ff80}\u{10ffff}\u{10ff7f}".utf8), [],
    ])
  func roundTrip(bytes: [UInt8]) {
    #expect(back(String(path: bytes)) == bytes)
  }

  @Test("so is every path of random bytes, and no two have the same text")
  func random() {
    var generator = SeededGenerator(seed: 7)
    var texts: [String: [UInt8]] = [:]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        [0x61, 0x2F, 0xE9, 0xC3, 0xA9, 0xF4, 0x8F, 0xBF, 0xBE, 0x80].randomElement(
          using: &generator)
          ?? 0x61
      }.map(UInt8.init)
      let text = String(path: bytes)
      #expect(back(text) == bytes)
      #expect(texts.updateValue(bytes, forKey: text).map { $0 == bytes } ?? true)
    }
  }

  @Test("what is shown has U+FFFD for bytes that aren't text")
  func shown() {
    #expect(String(path: [0x61, 0xE9]).shownPath == "a\u{fffd}")
    #expect("/srv/\u{e4}".shownPath == "/srv/\u{e4}")
  }

  @Test("their parts are told apart by bytes, also where one begins with a combining mark")
  func parts() {
    let path = "/srv//\u{301}a/.env"
    #expect(path.pathParts == ["srv", "\u{301}a", ".env"])
    #expect("/\u{301}a".isAbsolutePath && !"\u{301}a".isAbsolutePath)
    #expect(path.path(in: "/srv/") == "\u{301}a/.env")
    #expect("/\u{301}a".path(in: "/") == "\u{301}a")
    #expect("/srv.d/.env".path(in: "/srv") == nil)
    // The same letter, composed and decomposed: two folders.
    #expect("/\u{e9}/.env".path(in: "/e\u{301}") == nil)
  }

  @Test("a folder's names are all its names, in their bytes")
  func folder() {
    let folder = TemporaryFolder()
    let names = [
      ".env", String(path: [0x6C, 0xE9]), String(repeating: "n", count: 255), "\u{301}",
    ]
    for name in names { #expect(mkdir("\(folder.path)/\(name)".pathBytes, 0o700) == 0) }
    #expect(FolderNames.at(folder.path).map(Set.init) == Set(names))
    #expect(FolderNames.at(folder.file("absent")) == nil)
  }
}
