import Foundation
import TestSupport
import Testing

@testable import DurableFile

/// A file system of one test's own, which is easily filled.
@Suite(.enabled(if: canMount)) struct FullDiskTests {
  let folder = TemporaryFolder()
  let mount: Mount

  init() throws {
    mount = try Mount(tmpfs: folder, size: "1m")
    folder.write("A=1\n", to: ".env")
  }

  /// Writes until nothing fits any more.
  private func fill() {
    let file = open(folder.file("filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: 4096)
    while write(file, block, block.count) > 0 {}
  }

  @Test("a disk without space for the journal fails the lock, before anything else is made")
  func noJournal() {
    fill()
    #expect(throws: FileFailure.noSpace(path: folder.file(".env.xauth"))) {
      do { _ = try folder.lock() } catch let failure as FileFailure {
        guard case .noSpace = failure else { throw failure }
        throw FileFailure.noSpace(path: folder.file(".env.xauth"))
      }
    }
    #expect(folder.text(".env") == "A=1\n")
  }

  @Test("a disk without space for the save fails the proof and leaves nothing", arguments: [1, 2])
  func noProof(links: Int) throws {
    if links == 2 { link(folder.file(".env"), folder.file("other")) }
    let lock = try folder.lock()
    fill()
    var caught: FileFailure?
    do { _ = try lock.prove(byteCount: 5000) } catch { caught = error }
    guard case .noSpace = caught else {
      Issue.record("\(String(describing: caught))")
      return
    }
    // The journal still takes a record: its space is its own.
    try lock.writeJournal([UInt8](repeating: 1, count: Journal.capacity))
    lock.release()
    #expect(folder.text(".env") == "A=1\n")
    #expect(!folder.names(in: ".env.xauth").contains { $0.hasPrefix("new") })
  }

  @Test("what was proven is saved although the disk has filled up since", arguments: [1, 2])
  func proven(links: Int) throws {
    if links == 2 { link(folder.file(".env"), folder.file("other")) }
    let bytes = [UInt8](repeating: 66, count: 20_000)
    let lock = try folder.lock()
    let seen = try lock.read()
    var replacement = try lock.prove(byteCount: bytes.count)
    fill()
    try lock.writeJournal(bytes)
    let outcome = try replacement.commit(bytes, replacing: seen)
    guard case .replaced = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(folder.bytes(".env") == bytes)
  }
}
