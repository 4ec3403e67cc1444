import DurableFile
import OAuth

// The one place where tokens leave `Secret` for the journal, whose file only its owner can read.

extension RotationRecord {
  /// The one field that all others are in: another one, if ever they are to be read differently.
  private static let whole = "rotation-1"

  /// The record as the journal keeps it.
  var encoded: [UInt8] {
    var stored = RecordFields()
    stored.append(Self.whole, fields(spent: spent))
    return stored.bytes
  }

  /// The record that the journal kept; nil when this program can't read it.
  init?(stored bytes: [UInt8]) {
    var stored = RecordFieldReader(bytes[...])
    guard let fields = try? stored.fields(Self.whole), (try? stored.end()) != nil,
      let record = try? RotationRecord(fields, laterSpent: nil)
    else { return nil }
    self = record
  }

  /// The settled record in the journal at `path`, of which `payload` was read; nil when there is none.
  ///
  /// - Throws: `journalDamaged` when this program can't read it: what it says must not be passed over.
  static func read(
    _ payload: [UInt8]?, from path: @autoclosure () -> String
  ) throws(FileFailure) -> RotationRecord? {
    guard let payload else { return nil }
    guard let record = RotationRecord(stored: payload) else { throw .journalDamaged(path: path()) }
    return record.settled
  }

  private func fields(spent: [SpentToken]) -> RecordFields {
    var fields = RecordFields()
    fields.append("kind", kind.rawValue)
    fields.append("purpose", purpose.rawValue)
    fields.append("presented", presented.fields)
    // Absent: the same as `presented`. Two tokens of 16 KiB are too long to be kept twice.
    if newest != presented { fields.append("newest", newest.fields) }
    fields.append("unsorted", unsorted?.fields)
    fields.append("time", time)
    fields.append("owes-hook", owesHook ? "" : nil)
    fields.append("aside", aside?.fields)
    fields.append("client", clientID)
    for client in refusedTo { fields.append("refused-to", client) }
    for token in spent { fields.append("spent", token.digest) }
    // Both know the same spent tokens; once is enough.
    if case .record(let earlier) = before { fields.append("before", earlier.fields(spent: [])) }
    return fields
  }

  /// - Parameter laterSpent: the spent tokens of the record that keeps this one as the one before;
  ///   nil when this is the journal's own.
  private init(
    _ reader: consuming RecordFieldReader, laterSpent: [SpentToken]?
  ) throws(RecordFieldReader.Malformed) {
    kind = try reader.text("kind").flatMap(Kind.init).required()
    purpose = try reader.text("purpose").flatMap(Purpose.init).required()
    presented = try Grant(reader.fields("presented").required())
    newest = try reader.fields("newest").map(Grant.init) ?? presented
    unsorted = try reader.fields("unsorted").map(ServerAnswer.init)
    time = try reader.number("time").required()
    owesHook = try reader.text("owes-hook") != nil
    aside = try reader.fields("aside").map(Grant.init)
    clientID = try reader.text("client")
    while let client = try reader.text("refused-to") { refusedTo.append(client) }
    spent = laterSpent ?? []
    while let digest = try reader.text("spent") { spent.append(SpentToken(digest: digest)) }
    // One step is kept: what stood before the record before is settled.
    if laterSpent == nil, let earlier = try reader.fields("before") {
      before = .record(try RotationRecord(earlier, laterSpent: spent))
    } else {
      before = .none
    }
    try reader.end()
  }
}

extension Grant {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("access", accessToken?.reveal())
    fields.append("refresh", refreshToken?.reveal())
    fields.append("expires", expiresAt)
    fields.append("scopes", scopes?.commaSeparated)
    return fields
  }

  fileprivate init(
    _ reader: consuming RecordFieldReader
  ) throws(RecordFieldReader.Malformed) {
    self.init(
      accessToken: try reader.text("access").map { Secret($0) },
      refreshToken: try reader.text("refresh").map { Secret($0) },
      expiresAt: try reader.number("expires"),
      scopes: try reader.text("scopes").map(Scopes.init(parsing:)))
    try reader.end()
  }
}

extension ServerAnswer {
  fileprivate var fields: RecordFields {
    var fields = RecordFields()
    fields.append("status", status)
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
      fields.append("header", name)
      fields.append("value", value)
    }
    fields.append("body", body)
    return fields
  }

  fileprivate init(
    _ reader: consuming RecordFieldReader
  ) throws(RecordFieldReader.Malformed) {
    let status = try reader.number("status").required()
    var headers: [String: String] = [:]
    while let name = try reader.text("header") {
      headers[name] = try reader.text("value").required()
    }
    let body = try reader.bytes("body").required()
    try reader.end()
    self.init(status: status, headers: headers, body: Array(body))
  }
}
