@testable import DurableFile
@testable import OAuth
@testable import Rotation
@testable import XAuthTool

extension FuzzTarget {
  /// A slot of the journal, and what a record's payload says of a grant.
  static let journal = FuzzTarget(name: "journal") { input in
    try checkSlot(input)
    try checkRecord(JournalRecord(sequence: UInt64(input.count), payload: input), flipping: input)
    try checkAnswer(input)
    try checkRotation(input)
  }

  /// Any bytes as a slot: what is taken for a record is one.
  private static func checkSlot(_ slot: [UInt8]) throws {
    guard let header = JournalRecord.Header(slot) else { return }
    let payload = Array(slot.dropFirst(JournalRecord.headerSize).prefix(header.count))
    guard let record = JournalRecord(header, payload: payload),
      header.version == JournalRecord.version
    else { return }
    // The four bytes after the checksum are for a later version.
    try promise("a record is its bytes", record.encoded[..<28] == slot[..<28])
    try promise("a payload is its bytes", slot.dropFirst(32).starts(with: record.payload))
  }

  /// What was written is read, and nothing else: one wrong bit and there is no record.
  private static func checkRecord(_ record: JournalRecord, flipping input: [UInt8]) throws {
    func read(_ bytes: [UInt8]) -> JournalRecord? {
      JournalRecord.Header(bytes).flatMap {
        JournalRecord($0, payload: Array(bytes.dropFirst(JournalRecord.headerSize)))
      }
    }
    var bytes = record.encoded
    try promise("a record is read as it was written", read(bytes) == record)
    let position = input.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % bytes.count
    guard !(28..<32).contains(position) else { return }
    bytes[position] ^= 1 << UInt8(input.count % 8)
    try promise("a damaged record is none", read(bytes) == nil)
    try promise("half a record is none", read(Array(bytes.dropLast())) == nil)
  }

  /// Any bytes as an answer, any text as a token: kept as they came.
  private static func checkAnswer(_ input: [UInt8]) throws {
    let presented = Grant(refreshToken: Secret(input.text), expiresAt: input.count)
    var record = RotationRecord(fileHolds: presented)
    record.stage = .answered(
      PendingAnswer(
        answer: ServerAnswer(status: 200, headers: ["Retry-After": input.text], body: input),
        reason: input.text, request: .refresh(of: .newest, clientID: input.text),
        time: 1_900_000_000))
    try promise(
      "an answer is kept as it came", RotationRecord(stored: record.encoded) == record)
  }

  private static func checkRotation(_ payload: [UInt8]) throws {
    guard let record = RotationRecord(stored: payload) else { return }
    let again = RotationRecord(stored: record.encoded)
    try promise("a rotation is kept as it was", again == record)
    let settled = record.settled
    if case .answered = settled.stage { try promise("an answer is classified", false) }
    if settled.newest.grant != record.newest.grant, settled.stage == .unsaved {
      try promise("a grant comes from an answer", record.stage != .saved)
    }
    let files = [
      Grant.blank, record.newest.grant, record.other?.grant ?? .blank,
      Grant(refreshToken: Secret("other"), expiresAt: 1),
    ]
    for file in files {
      if case .save(let grant) = Recovery.decide(settled, file: file, for: "app") {
        try promise(
          "what is saved has come", [settled.newest.grant, settled.other?.grant].contains(grant))
      }
      for role in RotationRecord.Role.allCases {
        let next = settled.presenting(role, file: file)
        try promise(
          "no grant is dropped for one that wasn't accepted",
          settled.newest.grant.isBlank
            || next.newest.grant.identity == settled.newest.grant.identity)
      }
    }
  }
}
