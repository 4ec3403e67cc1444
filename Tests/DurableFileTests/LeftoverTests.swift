import Foundation
import TestSupport
import Testing

@testable import DurableFile

/// What a killed run leaves behind, made by hand.
@Suite struct LeftoverTests {
  let folder = TemporaryFolder()

  init() throws {
    folder.write("A=1\n", to: ".env")
    try folder.lock().release()
  }

  private func state(_ name: String) -> String { folder.file(".env.xauth/\(name)") }

  /// Moves the file aside as an exchange with `new` does.
  private func displace(by new: String, marked mark: String) throws -> String {
    folder.write(new, to: "t")
    let name = Leftover.name(beside: Array(new.utf8), marked: mark)
    // Of a process that has ended.
    let left = String(try #require(name.split(separator: ".").first)) + "-x"
    rename(folder.file(".env"), state(left))
    rename(folder.file("t"), folder.file(".env"))
    return left
  }

  private func leftover(marked mark: String = "5ec7e7") throws -> Leftover? {
    let lock = try folder.lock()
    return try lock.leftover(marked: mark)
  }

  @Test("a file with the name of a half-written one is removed, and nothing else is done with it")
  func half() throws {
    let ended = (ProcessIdentity.current.name.split(separator: ".").prefix(3) + ["4194304", "1"])
      .joined(separator: ".")
    // As a repository can bring them, or a restored backup, or a killed run of this or an earlier version.
    for name in ["new", "new-1", "new-1-x", "new--x", "new-1-\(ended)", "new--\(ended)"] {
      folder.write("X_API_BASE_URL=elsewhere\n", to: ".env.xauth/\(name)")
    }
    let lock = try folder.lock()
    let leftover = try lock.leftover(marked: "1")
    #expect(leftover == nil)
    let replacement = try lock.prove(byteCount: 10)
    replacement.discard()
    lock.release()
    #expect(folder.names(in: ".env.xauth") == settledState)
    #expect(folder.text(".env") == "A=1\n")
  }

  @Test(
    "a file displaced by a run that was killed after the exchange is shown, and stays until it is discarded"
  )
  func displaced() throws {
    _ = try displace(by: "A=1\nTOKEN=new\n", marked: "5ec7e7")
    for isUntouched in [true, false] {
      let lock = try folder.lock()
      let found = try lock.leftover(marked: "5ec7e7")
      let leftover = try #require(found)
      #expect(leftover.bytes == Array("A=1\n".utf8))
      // A save in between leaves it alone.
      let seen = try lock.read()
      #expect(leftover.isDisplaced(by: seen) == isUntouched)
      var replacement = try lock.prove(byteCount: 10)
      _ = try replacement.commit(Array("B=2\n".utf8), replacing: seen, marked: "5ec7e7")
    }
    let lock = try folder.lock()
    let found = try lock.leftover(marked: "5ec7e7")
    try lock.discard(#require(found))
    let rest = try lock.leftover(marked: "5ec7e7")
    #expect(rest == nil)
    lock.release()
    #expect(folder.names(in: ".env.xauth") == settledState)
    #expect(folder.text(".env") == "B=2\n")
  }

  @Test("it is shown only to a run that knows its mark, and is left where it is otherwise")
  func marks() throws {
    let name = try displace(by: "A=2\n", marked: "5ec7e7")
    for mark in ["", "5ec7e", "1"] { #expect(try leftover(marked: mark) == nil) }
    #expect(folder.names(in: ".env.xauth").contains(name))
  }

  @Test("a temporary file that wasn't exchanged is removed, whatever inode a move has given it")
  func notExchanged() throws {
    let left = try displace(by: "A=2\n", marked: "5ec7e7")
    folder.write("A=2\n", to: ".env.xauth/\(left)")
    #expect(try leftover() == nil)
    #expect(folder.names(in: ".env.xauth") == settledState)
  }

  @Test("another user's file, a link, and a file with two names are no leftovers")
  func foreign() throws {
    let name = try displace(by: "A=2\n", marked: "5ec7e7")
    link(state(name), folder.file("second"))
    #expect(try leftover() == nil)
    unlink(state(name))
    symlink(folder.file("second"), state(name))
    #expect(try leftover() == nil)
    unlink(state(name))
    rename(folder.file("second"), state(name))
    #expect(try leftover() != nil)
    if isRoot {
      // The owner of the folder can move a file of root's here.
      chown(folder.file(".env"), 65534, 65534)
      #expect(try leftover() == nil)
    }
    #expect(folder.names(in: ".env.xauth").contains(name))
  }

  @Test("the temporary file of a process that runs, which doesn't share the lock, is left alone")
  func running() throws { try running(mine: ProcessIdentity.current.name) }

  @Test("so is that of one which can't tell since which boot it runs, while it runs")
  func runningSinceUnknownBoot() throws {
    let parts = ProcessIdentity.current.name.split(separator: ".")
    try running(mine: "\(parts[0]).-.\(parts[2])")
  }

  private func running(mine: String) throws {
    let stat = try String(contentsOfFile: "/proc/\(getppid())/stat", encoding: .utf8)
    let fields = try stat[#require(stat.lastIndex(of: ")"))...].split(separator: " ")
    let mine = mine.split(separator: ".").prefix(3)
    let theirs = (mine + ["\(getppid())", fields[20]]).joined(separator: ".")
    let names = ["new--\(theirs)", "new-1-\(theirs)", "old-5ec7e7-1-\(theirs)"]
    for name in names { folder.write("A=1\nTOK", to: ".env.xauth/\(name)") }
    #expect(try leftover() == nil)
    #expect(Set(folder.names(in: ".env.xauth")) == Set(settledState + names))
  }

  // MARK: In place

  private var inode: UInt64 { folder.identity(".env")?.inode ?? 0 }

  private func cutOff(_ current: String, before: String, after: String) throws -> Bool {
    folder.write(current, to: ".env")
    let image = RedoImage(of: inode, before: Array(before.utf8), after: Array(after.utf8))
    folder.write(image.encoded, to: ".env.xauth/image")
    let lock = try folder.lock()
    return lock.wasRepaired
  }

  @Test("a save in place that was cut off anywhere is finished", arguments: 0...14)
  func torn(count: Int) throws {
    let (before, after) = ("A=1\nT=old!\nB=2\n", "A=1\nT=newer\nB=2\n")
    let current = String(after.prefix(count)) + before.dropFirst(count)
    let isWhole = current == before || current == after
    #expect(try cutOff(current, before: before, after: after) == !isWhole)
    #expect(folder.text(".env") == (isWhole ? current : after))
    #expect(folder.identity(".env.xauth/image")?.size == 0)
  }

  @Test("so is a save that was cut off when the file was empty, or before it was truncated")
  func emptied() throws {
    #expect(try cutOff("", before: "A=1\n", after: "A=2\n"))
    #expect(folder.text(".env") == "A=2\n")
    #expect(try cutOff("B=2\nC=long\n", before: "A=1\nC=long\n", after: "B=2\n"))
    #expect(folder.text(".env") == "B=2\n")
  }

  @Test("a file that somebody has saved since is left alone")
  func theirs() throws {
    #expect(try cutOff("A=3\n", before: "A=1\n", after: "A=2\n") == false)
    #expect(folder.text(".env") == "A=3\n")
    #expect(folder.identity(".env.xauth/image")?.size == 0)
  }

  @Test("an image that somebody else has brought, such as a repository, is none")
  func foreignImage() throws {
    folder.write("", to: ".env")
    let image = RedoImage(of: inode + 1, before: [], after: Array("A=evil\n".utf8))
    folder.write(image.encoded, to: ".env.xauth/image")
    let lock = try folder.lock()
    let wasRepaired = lock.wasRepaired
    #expect(!wasRepaired)
    #expect(folder.bytes(".env") == [])
  }

  @Test("an image that was itself cut off means that nothing has begun")
  func tornImage() throws {
    folder.write("", to: ".env")
    let image = RedoImage(of: inode, before: Array("A=1\n".utf8), after: Array("A=2\n".utf8))
    folder.write(Array(image.encoded.dropLast()), to: ".env.xauth/image")
    let lock = try folder.lock()
    let wasRepaired = lock.wasRepaired
    #expect(!wasRepaired)
    #expect(folder.bytes(".env") == [])
    #expect(folder.identity(".env.xauth/image")?.size == 0)
  }

  @Test("a newer program's image is refused and left as it is")
  func newerImage() throws {
    var image = RedoImage(of: inode, before: Array("A=1\n".utf8), after: Array("A=2\n".utf8))
      .encoded
    image[8] = 2
    folder.write(image, to: ".env.xauth/image")
    #expect(throws: FileFailure.journalNewer(path: state("image"), version: 2)) {
      _ = try folder.lock()
    }
    #expect(folder.bytes(".env.xauth/image") == image)
  }

  @Test("an absent file is not brought back by an image")
  func removed() throws {
    let image = RedoImage(of: inode, before: Array("A=1\n".utf8), after: Array("A=2\n".utf8))
    folder.write(image.encoded, to: ".env.xauth/image")
    unlink(folder.file(".env"))
    let lock = try folder.lock(createIfAbsent: true)
    let wasRepaired = lock.wasRepaired
    #expect(!wasRepaired)
    #expect(folder.bytes(".env") == [])
  }
}
