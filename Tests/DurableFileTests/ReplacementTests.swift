import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite struct ReplacementTests {
  let folder = TemporaryFolder()

  init() { folder.write("A=1\n", to: ".env", mode: 0o640) }

  /// One save, from lock to release.
  private func save(_ text: String, name: String = ".env") throws -> Replacement.Method {
    let lock = try folder.lock(name)
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: text.utf8.count)
    let outcome = try replacement.commit(Array(text.utf8), replacing: seen)
    guard case .replaced(let now) = outcome else {
      Issue.record("\(outcome)")
      return replacement.method
    }
    #expect(now.bytes == Array(text.utf8))
    let read = try lock.read()
    #expect(read == now)
    return replacement.method
  }

  @Test("the content is replaced by a new file with the same mode, and nothing is left lying about")
  func replaced() throws {
    let before = try #require(folder.identity())
    #expect(try save("A=1\nTOKEN=new\n") == .exchange)
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
    #expect(try save(text) == .exchange)
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

  @Test("the proof is invisible, and taken back without a trace")
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

  @Test("a replacement that is let go is taken back too")
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
    #expect(try save("B=2\n", name: "two") == .exchange)
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

  @Test(
    "every mode is kept, whatever the umask would make of it",
    arguments: [0o600, 0o644, 0o666, 0o660, 0o200])
  func mode(mode: mode_t) throws {
    chmod(folder.file(".env"), mode)
    if !isRoot && mode == 0o200 { return }
    _ = try save("B=2\n")
    #expect(folder.identity()?.mode == UInt32(mode))
  }

  @Test("owner and group are kept by root", .enabled(if: isRoot))
  func owner() throws {
    chown(folder.path, nobody, nobody)
    chown(folder.file(".env"), nobody, 12345)
    #expect(try save("B=2\n") == .exchange)
    #expect(folder.identity()?.owner == nobody)
    #expect(folder.identity()?.group == 12345)
    #expect(folder.identity()?.mode == 0o640)
  }

  @Test("the access list is kept", .enabled(if: works("/usr/bin/setfacl", "-m", "u:12345:rw")))
  func accessList() throws {
    try shell("/usr/bin/setfacl", "-m", "u:12345:rw,g:54321:r", folder.file(".env"))
    let before = try Child.run("/usr/bin/getfacl", ["-cnp", folder.file(".env")]).output
    #expect(before.contains("user:12345:rw-"))
    #expect(try save("B=2\n") == .exchange)
    #expect(try Child.run("/usr/bin/getfacl", ["-cnp", folder.file(".env")]).output == before)
  }

  @Test(
    "a folder's default access list adds nobody to the file",
    .enabled(if: works("/usr/bin/setfacl", "-m", "u:12345:rw")))
  func inheritedList() throws {
    try shell("/usr/bin/setfacl", "-d", "-m", "u:12345:rwx", folder.path)
    let before = try Child.run("/usr/bin/getfacl", ["-cnp", folder.file(".env")]).output
    #expect(try save("B=2\n") == .exchange)
    #expect(try Child.run("/usr/bin/getfacl", ["-cnp", folder.file(".env")]).output == before)
  }

  @Test(
    "extended attributes are kept",
    .enabled(if: works("/usr/bin/setfattr", "-n", "user.note", "-v", "x")))
  func attributes() throws {
    try shell("/usr/bin/setfattr", "-n", "user.note", "-v", "keep me", folder.file(".env"))
    try shell("/usr/bin/setfattr", "-n", "user.empty", folder.file(".env"))
    #expect(try save("B=2\n") == .exchange)
    let after = try Child.run("/usr/bin/getfattr", ["-d", "--absolute-names", folder.file(".env")])
    #expect(after.output.contains("user.note=\"keep me\""))
    #expect(after.output.contains("user.empty"))
  }

  @Test(
    "an attribute set after the proof is kept as well",
    .enabled(if: works("/usr/bin/setfattr", "-n", "user.note", "-v", "x")))
  func lateAttribute() throws {
    let lock = try folder.lock()
    var replacement = try lock.prove(byteCount: 10)
    chmod(folder.file(".env"), 0o604)
    try shell("/usr/bin/setfattr", "-n", "user.note", "-v", "late", folder.file(".env"))
    let seen = try lock.read()
    _ = try replacement.commit(Array("B=2\n".utf8), replacing: seen)
    #expect(folder.text(".env") == "B=2\n")
    #expect(folder.identity()?.mode == 0o604)
    let after = try Child.run("/usr/bin/getfattr", ["-d", "--absolute-names", folder.file(".env")])
    #expect(after.output.contains("user.note=\"late\""))
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
    #expect(flock(old, LOCK_EX | LOCK_NB) == 0)
    let granted = try Child.run("/usr/bin/flock", ["-n", folder.file(".env"), "/bin/true"])
    #expect(granted.status == 0)
  }

  @Test("a state folder removed after the proof costs the safety net, not the save")
  func stateRemoved() throws {
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    try FileManager.default.removeItem(atPath: folder.file(".env.xauth"))
    let journal = folder.file(".env.xauth/journal")
    #expect(throws: FileFailure.notFound(path: journal)) { try lock.writeJournal([1]) }
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
