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

  private func inode(_ name: String) -> UInt64 { folder.identity(name)?.inode ?? 0 }

  private func state(_ name: String) -> String { folder.file(".env.xauth/\(name)") }

  @Test("a half-written temporary file is removed")
  func half() throws {
    folder.write("A=1\nTOK", to: ".env.xauth/t")
    rename(state("t"), state("new-\(inode(".env.xauth/t"))"))
    folder.write("", to: ".env.xauth/new")
    let lock = try folder.lock()
    let leftover = lock.leftover
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
    folder.write("A=1\nTOKEN=new\n", to: ".env.xauth/t")
    let temporary = inode(".env.xauth/t")
    rename(folder.file(".env"), state("new-\(temporary)"))
    rename(state("t"), folder.file(".env"))

    for _ in 0..<2 {
      let lock = try folder.lock()
      let leftover = lock.leftover
      #expect(leftover?.bytes == Array("A=1\n".utf8))
      // A save in between leaves it alone.
      let seen = try lock.read()
      var replacement = try lock.prove(byteCount: 10)
      _ = try replacement.commit(Array("B=2\n".utf8), replacing: seen)
    }
    var lock = try folder.lock()
    try lock.discardLeftover()
    let rest = lock.leftover
    #expect(rest == nil)
    try lock.discardLeftover()
    lock.release()
    #expect(folder.names(in: ".env.xauth") == settledState)
    #expect(folder.text(".env") == "B=2\n")
  }

  @Test("the temporary file of a process that runs, which doesn't share the lock, is left alone")
  func running() throws {
    let stat = try String(contentsOfFile: "/proc/\(getppid())/stat", encoding: .utf8)
    let fields = try stat[#require(stat.lastIndex(of: ")"))...].split(separator: " ")
    let mine = ProcessIdentity.current.name.split(separator: ".").prefix(3)
    let theirs = (mine + ["\(getppid())", fields[20]]).joined(separator: ".")
    let ended = (mine + ["4194304", "1"]).joined(separator: ".")
    for process in [theirs, ended] {
      folder.write("A=1\nTOK", to: ".env.xauth/t")
      rename(state("t"), state("new-\(inode(".env.xauth/t"))-\(process)"))
      folder.write("", to: ".env.xauth/new--\(process)")
    }
    let lock = try folder.lock()
    let leftover = lock.leftover
    #expect(leftover == nil)
    lock.release()
    let left = folder.names(in: ".env.xauth").filter { $0.hasPrefix("new") }
    #expect(left.count == 2 && left.allSatisfy { $0.hasSuffix(theirs) })
  }

  @Test("an empty displaced file and files with other names are no leftovers")
  func others() throws {
    folder.write("", to: ".env.xauth/new-1")
    folder.write("note", to: ".env.xauth/new-note")
    symlink("/etc/passwd", state("new-2"))
    let lock = try folder.lock()
    let leftover = lock.leftover
    #expect(leftover == nil)
    lock.release()
    #expect(folder.names(in: ".env.xauth") == settledState + ["new-2", "new-note"])
  }

  // MARK: In place

  private func cutOff(_ current: String, before: String, after: String) throws -> Bool {
    let image = RedoImage(before: Array(before.utf8), after: Array(after.utf8))
    folder.write(image.encoded, to: ".env.xauth/image")
    folder.write(current, to: ".env")
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

  @Test("an image that was itself cut off means that nothing has begun")
  func tornImage() throws {
    let image = RedoImage(before: Array("A=1\n".utf8), after: Array("A=2\n".utf8)).encoded
    folder.write(Array(image.dropLast()), to: ".env.xauth/image")
    folder.write("", to: ".env")
    let lock = try folder.lock()
    let wasRepaired = lock.wasRepaired
    #expect(!wasRepaired)
    #expect(folder.bytes(".env") == [])
    #expect(folder.identity(".env.xauth/image")?.size == 0)
  }

  @Test("a newer program's image is refused and left as it is")
  func newerImage() throws {
    var image = RedoImage(before: Array("A=1\n".utf8), after: Array("A=2\n".utf8)).encoded
    image[8] = 2
    folder.write(image, to: ".env.xauth/image")
    #expect(throws: FileFailure.journalNewer(path: state("image"), version: 2)) {
      _ = try folder.lock()
    }
    #expect(folder.bytes(".env.xauth/image") == image)
  }

  @Test("an absent file is not brought back by an image")
  func removed() throws {
    let image = RedoImage(before: Array("A=1\n".utf8), after: Array("A=2\n".utf8))
    folder.write(image.encoded, to: ".env.xauth/image")
    unlink(folder.file(".env"))
    let lock = try folder.lock(createIfAbsent: true)
    let wasRepaired = lock.wasRepaired
    #expect(!wasRepaired)
    #expect(folder.bytes(".env") == [])
  }
}
