import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite struct ReadTests {
  let folder = TemporaryFolder()

  @Test("the bytes come back as they are, with the file's identity")
  func bytes() throws {
    let bytes: [UInt8] = [0xef, 0xbb, 0xbf, 0, 0xff, 13, 10]
    folder.write(bytes, to: ".env", mode: 0o640)
    let snapshot = try #require(try folder.target().read())
    #expect(snapshot.bytes == bytes)
    #expect(snapshot.identity == folder.identity())
    #expect(snapshot.identity.mode == 0o640)
    #expect(snapshot.identity.owner == geteuid())
    #expect(snapshot.identity.links == 1)
  }

  @Test("an absent file is nil and reading makes nothing")
  func absent() throws {
    #expect(try folder.target().read() == nil)
    #expect(folder.names().isEmpty)
  }

  @Test("an empty file is empty, not absent")
  func empty() throws {
    folder.write("", to: ".env")
    #expect(try folder.target().read()?.bytes == [])
  }

  @Test("the same comes back under the lock", arguments: [0, 1, 65_536, 200_000])
  func locked(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    folder.write(bytes, to: ".env")
    let lock = try folder.lock()
    let snapshot = try lock.read()
    #expect(snapshot.bytes == bytes)
    #expect(snapshot.identity == folder.identity())
  }

  @Test("a snapshot doesn't show its bytes, however it is printed")
  func redacted() throws {
    folder.write("SECRET", to: ".env")
    let snapshot = try #require(try folder.target().read())
    var dumped = ""
    dump(Replacement.CommitOutcome.changed(snapshot), to: &dumped)
    for text in ["\(snapshot)", String(reflecting: snapshot), dumped] {
      #expect(!text.contains("SECRET"))
      #expect(!text.contains("[83, 69"))
      #expect(!text.contains("- 83\n"))
    }
  }

  @Test("a file above the limit is refused with its size, unread")
  func tooLarge() throws {
    folder.write("", to: ".env")
    truncate(folder.file(".env"), off_t(FileSnapshot.limit))
    #expect(try folder.target().read()?.bytes.count == FileSnapshot.limit)
    truncate(folder.file(".env"), off_t(FileSnapshot.limit) + 1)
    let failure = FileFailure.tooLarge(
      path: folder.file(".env"), size: Int64(FileSnapshot.limit) + 1, limit: FileSnapshot.limit)
    #expect(throws: failure) { try folder.target().read() }
  }

  @Test("a FIFO or a link that came after resolving is refused at once")
  func became() throws {
    let target = try folder.target()
    mkfifo(folder.file(".env"), 0o600)
    #expect(throws: FileFailure.isSpecial(path: target.path)) { try target.read() }
    unlink(target.path)
    symlink("/etc/passwd", target.path)
    #expect(throws: FileFailure.changedKind(path: target.path)) { try target.read() }
  }

  @Test("a file that may not be read says so", .enabled(if: isRoot))
  func unreadable() throws {
    let open = TemporaryFolder()
    chmod(open.path, 0o755)
    let target = FileTarget(path: open.write("secret", to: ".env"))
    try asUser(nobody) {
      #expect(throws: FileFailure.notReadable(path: target.path, errno: EACCES)) {
        try target.read()
      }
    }
  }
}
