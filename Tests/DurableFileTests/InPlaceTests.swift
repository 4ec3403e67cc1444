import Foundation
import TestSupport
import Testing

@testable import DurableFile

/// Files that can't be replaced by another without losing something.
@Suite struct InPlaceTests {
  let folder = TemporaryFolder()

  init() { folder.write("A=1\n", to: ".env", mode: 0o640) }

  @Test(
    "a hard link: the other name sees the new content",
    arguments: ["", "B\n", "A=1\nTOKEN=longer\n"])
  func hardLink(text: String) throws {
    link(folder.file(".env"), folder.file("other"))
    let before = try #require(folder.identity())
    #expect(try folder.save(text) == .inPlace)
    #expect(folder.text(".env") == text)
    #expect(folder.text("other") == text)
    #expect(folder.identity()?.isSameFile(as: before) == true)
    #expect(folder.identity()?.mode == 0o640)
    #expect(folder.names(in: ".env.xauth") == [".gitignore", "image", "journal", "lock"])
    #expect(folder.identity(".env.xauth/image")?.size == 0)
  }

  @Test("reserving space behind the end changes neither size nor time, and the save goes through")
  func reservation() throws {
    link(folder.file(".env"), folder.file("other"))
    let before = try #require(folder.identity())
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 300_000)
    #expect(folder.identity()?.size == 4)
    #expect(folder.identity()?.modified == before.modified)
    let bytes = [UInt8](repeating: 65, count: 300_000)
    guard case .replaced = try replacement.commit(bytes, replacing: seen) else {
      Issue.record("not replaced")
      return
    }
    #expect(folder.bytes("other") == bytes)
  }

  @Test("an edit before the write is kept and returned", arguments: [true, false])
  func edited(sameTick: Bool) throws {
    link(folder.file(".env"), folder.file("other"))
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    let outcome = try replacement.commit(Array("T=1\n".utf8), replacing: seen) { _ in
      var status = stat()
      stat(folder.file(".env"), &status)
      let file = FileHandle(forWritingAtPath: folder.file(".env"))
      try? file?.write(contentsOf: Data("A=2\n".utf8))
      try? file?.close()
      guard sameTick else { return }
      var times = [status.st_atim, status.st_mtim]
      utimensat(AT_FDCWD, folder.file(".env"), &times, 0)
    }
    guard case .changed(let theirs) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(folder.text(".env") == "A=2\n")
    #expect(folder.identity(".env.xauth/image")?.size == 0)
    guard case .replaced = try replacement.commit(Array("T=1\n".utf8), replacing: theirs) else {
      Issue.record("not replaced")
      return
    }
    #expect(folder.text("other") == "T=1\n")
  }

  @Test("a file that an editor replaced is written, not the one that was locked")
  func replaced() throws {
    link(folder.file(".env"), folder.file("other"))
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    folder.replace(with: "A=2\n")
    guard case .changed(let theirs) = try replacement.commit(Array("T=1\n".utf8), replacing: seen),
      case .replaced = try replacement.commit(Array("T=1\n".utf8), replacing: theirs)
    else {
      Issue.record("unexpected")
      return
    }
    #expect(folder.text(".env") == "T=1\n")
    #expect(folder.text("other") == "A=1\n")
  }

  @Test("a discarded proof in place leaves an empty image")
  func discarded() throws {
    link(folder.file(".env"), folder.file("other"))
    let lock = try folder.lock()
    let replacement = try lock.prove(byteCount: 5000)
    replacement.discard()
    #expect(folder.text(".env") == "A=1\n")
    #expect(folder.identity(".env.xauth/image")?.size == 0)
  }

  @Test("a group that the owner isn't in is kept", .enabled(if: isRoot))
  func foreignGroup() throws {
    chown(folder.path, nobody, nobody)
    chown(folder.file(".env"), nobody, 12345)
    chmod(folder.file(".env"), 0o640)
    let target = try folder.target()
    try asUser(nobody) {
      let method = try save("B=2\n", target)
      #expect(method == .inPlace)
    }
    #expect(folder.text(".env") == "B=2\n")
    #expect(folder.identity()?.group == 12345)
    #expect(folder.identity()?.mode == 0o640)
  }

  @Test(
    "a folder that its user can't write to, with a state folder that somebody made",
    .enabled(if: isRoot))
  func readOnlyFolder() throws {
    chmod(folder.path, 0o755)
    chown(folder.file(".env"), nobody, nobody)
    mkdir(folder.file(".env.xauth"), 0o700)
    chown(folder.file(".env.xauth"), nobody, nobody)
    let target = try folder.target()
    try asUser(nobody) {
      let method = try save("B=2\n", target)
      #expect(method == .inPlace)
    }
    #expect(folder.text(".env") == "B=2\n")
    #expect(folder.identity()?.owner == nobody)
  }

  @Test("a file mounted by itself is written in place", .enabled(if: canMount))
  func mounted() throws {
    mkdir(folder.file("container"), 0o755)
    folder.write("", to: "container/.env")
    let mount = try Mount(binding: folder.file(".env"), at: folder.file("container/.env"))
    defer { withExtendedLifetime(mount) {} }
    #expect(try folder.save("B=2\n", to: "container/.env") == .inPlace)
    #expect(folder.text(".env") == "B=2\n")
  }

  @Test(
    "a file mounted by itself that the host has replaced is refused, before and during",
    .enabled(if: canMount))
  func mountedAndReplaced() throws {
    mkdir(folder.file("container"), 0o755)
    folder.write("", to: "container/.env")
    let mount = try Mount(binding: folder.file(".env"), at: folder.file("container/.env"))
    defer { withExtendedLifetime(mount) {} }
    let path = folder.file("container/.env")
    let lock = try folder.lock("container/.env")
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 10)
    folder.replace(with: "A=2\n")
    var caught: FileFailure?
    do { _ = try replacement.commit([65], replacing: seen) } catch { caught = error }
    #expect(caught == .replacedOutside(path: path))
    replacement.discard()
    lock.release()
    #expect(throws: FileFailure.replacedOutside(path: path)) {
      _ = try folder.lock("container/.env")
    }
    #expect(folder.text(".env") == "A=2\n")
  }

  @Test(
    "reading one that the host has replaced or deleted is refused too, without a lock",
    .enabled(if: canMount), arguments: [true, false])
  func mountedAndGone(isReplaced: Bool) throws {
    mkdir(folder.file("container"), 0o755)
    folder.write("", to: "container/.env")
    let mount = try Mount(binding: folder.file(".env"), at: folder.file("container/.env"))
    defer { withExtendedLifetime(mount) {} }
    let target = try folder.target("container/.env")
    #expect(target.isMounted)
    #expect(try !folder.target(".env").isMounted)
    _ = try target.read()
    if isReplaced { folder.replace(with: "A=2\n") } else { unlink(folder.file(".env")) }
    #expect(throws: FileFailure.replacedOutside(path: target.path)) { _ = try target.read() }
  }

  @Test("a file that is replaced again and again is read, each time whole")
  func replacedMeanwhile() throws {
    let target = try folder.target()
    let writer = Thread { [folder] in
      while !Thread.current.isCancelled { folder.replace(with: "A=2\n") }
    }
    writer.start()
    defer { writer.cancel() }
    for _ in 0..<3000 { #expect(try target.read()?.bytes.count == 4) }
  }
}
