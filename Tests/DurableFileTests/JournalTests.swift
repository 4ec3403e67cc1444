import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite struct JournalTests {
  let folder = TemporaryFolder()

  init() { folder.write("A=1\n", to: ".env") }

  private var path: String { folder.file(".env.xauth/journal") }

  private func payload(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// Opens the journal anew, as the next run does.
  private func reread() throws -> [UInt8]? {
    let lock = try folder.lock()
    return try lock.readJournal()
  }

  private func write(_ texts: String...) throws {
    let lock = try folder.lock()
    for text in texts { try lock.writeJournal(payload(text)) }
  }

  private func damage(_ offset: Int) throws {
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.seek(toOffset: UInt64(offset))
    let byte = try #require(try file.read(upToCount: 1)?.first)
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: [byte ^ 0x40])
  }

  @Test("a new journal is empty, has its full size, and is for its owner only")
  func new() throws {
    #expect(try reread() == nil)
    let identity = try #require(folder.identity(".env.xauth/journal"))
    #expect(identity.size == 256 << 10)
    #expect(identity.mode == 0o600)
  }

  @Test("the proof that records can be written changes none, however long")
  func proof() throws {
    let lock = try folder.lock()
    for byte: UInt8 in [1, 2] {
      try lock.proveJournal()
      try lock.writeJournal([UInt8](repeating: byte, count: Journal.capacity))
    }
    let before = folder.bytes(".env.xauth/journal")
    try lock.proveJournal()
    #expect(folder.bytes(".env.xauth/journal") == before)
  }

  @Test("the newest record is what comes back, in this run and in the next")
  func newest() throws {
    for number in 1...5 {
      let lock = try folder.lock()
      try lock.writeJournal(payload("record \(number)"))
      let now = try lock.readJournal()
      #expect(now == payload("record \(number)"))
      lock.release()
      #expect(try reread() == payload("record \(number)"))
    }
  }

  @Test("a record never changes the journal's size or blocks")
  func preallocated() throws {
    try write("first")
    var before = stat()
    stat(path, &before)
    let lock = try folder.lock()
    try lock.writeJournal([UInt8](repeating: 7, count: Journal.capacity))
    var after = stat()
    stat(path, &after)
    #expect(before.st_size == after.st_size)
    #expect(before.st_blocks == after.st_blocks)
    #expect(before.st_ino == after.st_ino)
  }

  @Test("a payload fills its slot to the last byte, one more is refused and writes nothing")
  func capacity() throws {
    let full = (0..<Journal.capacity).map { UInt8(truncatingIfNeeded: $0) }
    let lock = try folder.lock()
    try lock.writeJournal(payload("neighbour"))
    try lock.writeJournal(full)
    let failure = FileFailure.journalRecordTooLarge(
      count: full.count + 1, capacity: Journal.capacity)
    #expect(throws: failure) { try lock.writeJournal(full + [0]) }
    lock.release()
    #expect(try reread() == full)
  }

  @Test("an empty payload is a record")
  func emptyPayload() throws {
    try write("x", "")
    #expect(try reread() == [])
  }

  // Record 3 is in the first slot, 2 in the second.
  @Test(
    "a torn newest record falls back to the one before it, and is then written over",
    arguments: [0, 8, 12, 16, 24, 32, 37])
  func torn(offset: Int) throws {
    try write("record 1", "record 2", "record 3")
    try damage(offset)
    if offset == 8 {
      // A changed version can only be higher: refused below.
      #expect(throws: FileFailure.self) { try reread() }
    } else {
      #expect(try reread() == payload("record 2"))
      try write("record 4")
      #expect(try reread() == payload("record 4"))
    }
  }

  @Test("every length at which a write of the first record can be cut off is noticed")
  func cutOff() throws {
    let whole = JournalRecord(sequence: 1, payload: payload("the only record")).encoded
    for count in 1..<whole.count {
      try write()
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      try file.write(contentsOf: [UInt8](repeating: 0, count: whole.count))
      try file.seek(toOffset: 0)
      try file.write(contentsOf: whole.prefix(count))
      try file.close()
      #expect(throws: FileFailure.journalDamaged(path: path), "\(count) bytes") { try reread() }
    }
  }

  @Test("a damaged journal takes a new record")
  func repaired() throws {
    try write("record 1")
    try damage(33)
    #expect(throws: FileFailure.journalDamaged(path: path)) { try reread() }
    try write("record 2")
    #expect(try reread() == payload("record 2"))
  }

  @Test("a journal of a newer program is refused and left as it is")
  func newer() throws {
    try write("record 1", "record 2")
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.seek(toOffset: 8)
    try file.write(contentsOf: [3])
    try file.close()
    let before = folder.bytes(".env.xauth/journal")
    #expect(throws: FileFailure.journalNewer(path: path, version: 3)) { try reread() }
    #expect(throws: FileFailure.journalNewer(path: path, version: 3)) {
      try folder.target().peekJournal()?.payload
    }
    #expect(folder.bytes(".env.xauth/journal") == before)
  }

  @Test("a journal that is too short keeps what it has")
  func short() throws {
    try write("record 1")
    truncate(path, 200 << 10)
    #expect(try reread() == payload("record 1"))
    #expect(folder.identity(".env.xauth/journal")?.size == 256 << 10)
  }

  @Test("peeking shows the newest record beside a running process, and makes nothing")
  func peek() throws {
    #expect(try folder.target().peekJournal() == nil)
    #expect(folder.names() == [".env"])
    let lock = try folder.lock()
    try lock.writeJournal(payload("held"))
    #expect(try folder.target().peekJournal()?.payload == payload("held"))
    lock.release()
  }

  @Test("a link in place of the journal is refused and its target left alone")
  func link() throws {
    try write("record 1")
    unlink(path)
    folder.write("victim", to: "victim")
    symlink(folder.file("victim"), path)
    #expect(throws: FileFailure.self) { try reread() }
    #expect(folder.text("victim") == "victim")
  }

  @Test("CRC-32 is the standard one")
  func checksum() {
    var sum = CRC32()
    sum.add(Array("1234".utf8))
    sum.add(Array("56789".utf8))
    #expect(sum.value == 0xcbf4_3926)
  }
}
