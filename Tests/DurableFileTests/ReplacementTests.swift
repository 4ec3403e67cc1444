import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite struct ReplacementTests {
  let folder = TemporaryFolder()

  init() { folder.write("A=1\n", to: ".env", mode: 0o640) }

  @Test("the content is replaced by a new file with the same mode, and nothing is left lying about")
  func replaced() throws {
    let before = try #require(folder.identity())
    #expect(try folder.save("A=1\nTOKEN=new\n") == .exchange)
    let after = try #require(folder.identity())
    #expect(folder.text(".env") == "A=1\nTOKEN=new\n")
    #expect(after.mode == 0o640)
    #expect(!after.isSameFile(as: before))
    #expect(after.links == 1)
    #expect(folder.names() == [".env", ".env.xauth"])
    #expect(folder.names(in: ".env.xauth") == settledState)
  }

  @Test("shorter, longer, empty and large contents", arguments: [0, 1, 3, 4096, 1 << 20])
  func sizes(count: Int) throws {
    let text = String(repeating: "x", count: count)
    #expect(try folder.save(text) == .exchange)
    #expect(folder.text(".env") == text)
  }

  @Test("a content above the limit is refused")
  func tooLarge() throws {
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    let bytes = [UInt8](repeating: 0, count: FileSnapshot.limit + 1)
    var caught: FileFailure?
    do { _ = try replacement.commit(bytes, replacing: seen) } catch { caught = error }
    #expect(
      caught
        == .tooLarge(
          path: folder.file(".env"), size: Int64(bytes.count), limit: FileSnapshot.limit))
    #expect(folder.text(".env") == "A=1\n")
  }

  @Test("a file that would outgrow the limit fails the proof, and nothing of it is left")
  func outgrown() throws {
    let size = FileSnapshot.limit - 99
    truncate(folder.file(".env"), off_t(size))
    let lock = try folder.lock()
    _ = try lock.prove(byteCount: size + 99)
    let failure = FileFailure.tooLarge(
      path: folder.file(".env"), size: Int64(size), limit: FileSnapshot.limit - 100)
    var caught: FileFailure?
    do { _ = try lock.prove(byteCount: size + 100) } catch { caught = error }
    #expect(caught == failure)
    lock.release()
    #expect(folder.names(in: ".env.xauth") == settledState)
  }

  @Test("the proof is invisible, and discarded without a trace")
  func proof() throws {
    let before = folder.identity()
    let lock = try folder.lock()
    let replacement = try lock.prove(byteCount: 100_000)
    #expect(folder.identity() == before)
    #expect(folder.names() == [".env", ".env.xauth"])
    replacement.discard()
    lock.release()
    #expect(folder.identity() == before)
    #expect(folder.names(in: ".env.xauth") == settledState)
  }

  @Test("a replacement that goes out of scope is discarded too")
  func dropped() throws {
    do {
      let lock = try folder.lock()
      _ = try lock.prove(byteCount: 10)
    }
    #expect(folder.names(in: ".env.xauth") == settledState)
  }

  @Test("through a chain of links the file at its end is replaced, the links stay")
  func links() throws {
    mkdir(folder.file("real"), 0o755)
    folder.write("A=1\n", to: "real/settings")
    symlink("real/settings", folder.file("one"))
    symlink("one", folder.file("two"))
    #expect(try folder.save("B=2\n", to: "two") == .exchange)
    #expect(folder.text("real/settings") == "B=2\n")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("two")) == "one")
    #expect(folder.names() == [".env", "one", "real", "two"])
  }

  @Test("the target of a dangling link is created, the link stays a link")
  func dangling() throws {
    symlink("settings", folder.file("link"))
    let lock = try folder.lock("link", createIfAbsent: true)
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    _ = try replacement.commit(Array("B=2\n".utf8), replacing: seen)
    #expect(folder.text("settings") == "B=2\n")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == "settings")
  }

  @Test("the new file is locked before it is visible, and both stay locked until the release")
  func locked() throws {
    let old = open(folder.file(".env"), O_RDWR)
    defer { close(old) }
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    _ = try replacement.commit(Array("B=2\n".utf8), replacing: seen)
    let refused = try Child.run("/usr/bin/flock", ["-n", folder.file(".env"), "/bin/true"])
    #expect(refused.status == 1)
    #expect(flock(old, LOCK_EX | LOCK_NB) == -1)
    replacement.discard()
    try lock.syncFileAndFolder()
    lock.release()
    // A program that another test is just starting holds a copy of the lock until its execve(2).
    #expect(eventually { flock(old, LOCK_EX | LOCK_NB) == 0 })
    let granted = try Child.run("/usr/bin/flock", ["-w", "10", folder.file(".env"), "/bin/true"])
    #expect(granted.status == 0)
  }

  @Test("a state folder removed after the proof doesn't prevent the save")
  func stateRemoved() throws {
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    try FileManager.default.removeItem(atPath: folder.file(".env.xauth"))
    let journal = folder.file(".env.xauth/journal")
    #expect(throws: FileFailure.journalRemoved(path: journal)) { try lock.writeJournal([1]) }
    let outcome = try replacement.commit(Array("B=2\n".utf8), replacing: seen)
    guard case .replaced = outcome else {
      Issue.record("\(outcome)")
      return
    }
    replacement.discard()
    lock.release()
    #expect(folder.text(".env") == "B=2\n")
    #expect(folder.identity()?.mode == 0o640)
    #expect(folder.names() == [".env"])
  }

  @Test("one replacement can commit more than once")
  func twice() throws {
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    guard case .replaced(let first) = try replacement.commit(Array("B=2\n".utf8), replacing: seen),
      case .replaced = try replacement.commit(Array("C=3\n".utf8), replacing: first)
    else { return #expect(Bool(false), "not replaced") }
    replacement.discard()
    lock.release()
    #expect(folder.text(".env") == "C=3\n")
    #expect(folder.identity()?.mode == 0o640)
    #expect(folder.names(in: ".env.xauth") == settledState)
  }
}
