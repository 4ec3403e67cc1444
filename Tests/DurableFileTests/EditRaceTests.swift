import Foundation
import TestSupport
import Testing

@testable import DurableFile

/// Somebody saves the file, without the lock, while it is being replaced. At whatever moment that is,
/// their bytes are returned and stay in place.
@Suite struct EditRaceTests {
  let folder = TemporaryFolder()

  init() { folder.write("A=1\n", to: ".env") }

  private let new = Array("A=1\nTOKEN=new\n".utf8)

  /// Commits, with `edit` at `moment`, and then redoes the commit on what was found.
  private func race(
    at moment: Replacement.Moment, expecting text: String, _ edit: () -> Void
  ) throws {
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 100)
    let outcome = try replacement.commit(new, replacing: seen) { if $0 == moment { edit() } }
    let theirs = try #require(outcome.found, "\(outcome)")
    #expect(theirs.bytes == Array(text.utf8))
    #expect(folder.text(".env") == text)
    let redone = theirs.bytes + Array("TOKEN=new\n".utf8)
    let again = try replacement.commit(redone, replacing: theirs)
    try #require(again.isReplaced, "\(again)")
    replacement.discard()
    lock.release()
    #expect(folder.bytes(".env") == redone)
    #expect(folder.names(in: ".env.xauth") == settledState)
    #expect(folder.names() == [".env", ".env.xauth"])
  }

  @Test("an edit before the commit", arguments: [true, false])
  func before(byRename: Bool) throws {
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 100)
    edit(byRename)
    let outcome = try replacement.commit(new, replacing: seen)
    let theirs = try #require(outcome.found, "\(outcome)")
    #expect(theirs.bytes == Array("A=2\n".utf8))
    #expect(folder.text(".env") == "A=2\n")
  }

  @Test("an edit between the last look and the exchange", arguments: [true, false])
  func between(byRename: Bool) throws {
    try race(at: .beforeReplacing, expecting: "A=2\n") { edit(byRename) }
  }

  @Test("an edit of the same size within one tick of the clock is seen by its bytes")
  func sameTick() throws {
    try race(at: .beforeReplacing, expecting: "A=2\n") {
      var status = stat()
      stat(folder.file(".env"), &status)
      edit(false)
      var times = [status.st_atim, status.st_mtim]
      utimensat(AT_FDCWD, folder.file(".env"), &times, 0)
    }
  }

  @Test("a change of mode in that moment is seen too, and kept")
  func mode() throws {
    try race(at: .beforeReplacing, expecting: "A=1\n") { chmod(folder.file(".env"), 0o640) }
    #expect(folder.identity()?.mode == 0o640)
  }

  @Test(
    "a second edit, made while the new content was in place, is the newest",
    arguments: [true, false])
  func doubled(byRename: Bool) throws {
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 100)
    let outcome = try replacement.commit(new, replacing: seen) { moment in
      switch moment {
      case .beforeReplacing: folder.replace(with: "A=2\n")
      case .beforeRollingBack:
        if byRename { folder.replace(with: "A=3\n") } else { folder.write("A=3\n", to: "x") }
        if !byRename { overwrite("A=3\n") }
      }
    }
    let theirs = try #require(outcome.found, "\(outcome)")
    #expect(theirs.bytes == Array("A=3\n".utf8))
    #expect(folder.text(".env") == "A=3\n")
    let again = try replacement.commit(new, replacing: theirs)
    try #require(again.isReplaced, "\(again)")
    replacement.discard()
    lock.release()
    #expect(folder.bytes(".env") == new)
    #expect(folder.names(in: ".env.xauth") == settledState)
  }

  @Test("a file that an editor renames away and writes anew in that moment")
  func backup() throws {
    let folder = folder
    try race(at: .beforeReplacing, expecting: "A=2\n") {
      rename(folder.file(".env"), folder.file("backup"))
      Thread.detachNewThread { folder.replace(with: "A=2\n") }
      unlink(folder.file("backup"))
    }
  }

  @Test("a link that takes the file's place is put back and refused")
  func link() throws {
    folder.write("victim", to: "victim")
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: 100)
    var caught: FileFailure?
    do {
      _ = try replacement.commit(new, replacing: seen) { moment in
        guard moment == .beforeReplacing else { return }
        unlink(folder.file(".env"))
        symlink("victim", folder.file(".env"))
      }
    } catch { caught = error }
    #expect(caught == .changedKind(path: folder.file(".env")))
    #expect(folder.text("victim") == "victim")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file(".env")) == "victim")
  }

  private func edit(_ byRename: Bool) {
    if byRename { folder.replace(with: "A=2\n") } else { overwrite("A=2\n") }
  }

  /// Saves as an editor does that truncates and writes.
  private func overwrite(_ text: String) {
    let file = FileHandle(forWritingAtPath: folder.file(".env"))
    try? file?.truncate(atOffset: 0)
    try? file?.write(contentsOf: Data(text.utf8))
    try? file?.close()
  }
}

extension Replacement.CommitOutcome {
  /// What was in the file, if somebody had changed it.
  fileprivate var found: FileSnapshot? {
    if case .changed(let theirs) = self { theirs } else { nil }
  }

  fileprivate var isReplaced: Bool {
    if case .replaced = self { true } else { false }
  }
}
