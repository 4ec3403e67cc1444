import DurableFile
import OAuth

// The one place where tokens leave `Secret` for the journal, whose file only its owner can read.

extension RotationRecord {
  /// The outer field. Its name carries the format's version: change it when the layout changes.
  private static let whole = "rotation-1"

  /// The record as the journal keeps it.
  var encoded: [UInt8] {
    var stored = RecordFields()
    stored.append(Self.whole, fields(usedTokens: usedTokens))
    return stored.bytes
  }

  /// The record that the journal kept; nil when this program can't read it.
  init?(stored bytes: [UInt8]) {
    var stored = RecordFieldReader(bytes[...])
    guard let fields = try? stored.fields(Self.whole), (try? stored.end()) != nil,
      let record = try? RotationRecord(fields, laterUsed: nil)
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

  // The fields `unsorted`, `aside` and `spent` have the names that 0.1.0 gave them.
  private func fields(usedTokens: [UsedToken]) -> RecordFields {
    var fields = RecordFields()
    fields.append("kind", kind.rawValue)
    fields.append("purpose", purpose.rawValue)
    fields.append("presented", presented.fields)
    // Absent: the same as `presented`. Two tokens of 16 KiB are too long to be kept twice.
    if newest != presented { fields.append("newest", newest.fields) }
    fields.append("unsorted", rawAnswer?.fields)
    fields.append("time", time)
    fields.append("owes-hook", owesHook ? "" : nil)
    fields.append("aside", parked?.fields)
    fields.append("client", clientID)
    for client in refusedTo { fields.append("refused-to", client) }
    for token in usedTokens { fields.append("spent", token.digest) }
    // Both know the same used tokens; once is enough.
    if case .record(let earlier) = before {
      fields.append("before", earlier.fields(usedTokens: []))
    }
    return fields
  }

  /// - Parameter laterUsed: the used tokens of the record that keeps this one as the one before;
  ///   nil when this is the journal's own.
  private init(
    _ reader: consuming RecordFieldReader, laterUsed: [UsedToken]?
  ) throws(RecordFieldReader.Malformed) {
    kind = try reader.text("kind").flatMap(Kind.init).required()
    purpose = try reader.text("purpose").flatMap(Purpose.init).required()
    presented = try Grant(reader.fields("presented").required())
    newest = try reader.fields("newest").map(Grant.init) ?? presented
    rawAnswer = try reader.fields("unsorted").map(ServerAnswer.init)
    time = try reader.number("time").required()
    owesHook = try reader.text("owes-hook") != nil
    parked = try reader.fields("aside").map(Grant.init)
    clientID = try reader.text("client")
    while let client = try reader.text("refused-to") { refusedTo.append(client) }
    usedTokens = laterUsed ?? []
    while let digest = try reader.text("spent") { usedTokens.append(UsedToken(digest: digest)) }
    // One step is kept: what stood before the record before is settled.
    if laterUsed == nil, let earlier = try reader.fields("before") {
      before = .record(try RotationRecord(earlier, laterUsed: usedTokens))
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

/// The fields of a journal record as bytes: each is `name length:value` and a line feed.
///
/// With its length given, any bytes can be a value: a token needs no escapes, and a field can hold
/// fields. Reading the journal is most of what `token` does when nothing is due, and decoding JSON
/// took a fifth of the whole call.
struct RecordFields {
  private(set) var bytes: [UInt8] = []

  /// Appends a field.
  mutating func append(_ name: String, _ value: some Collection<UInt8>) {
    bytes += name.utf8
    bytes.append(UInt8(ascii: " "))
    bytes += String(value.count).utf8
    bytes.append(UInt8(ascii: ":"))
    bytes += value
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Appends a field, if it has a value.
  mutating func append(_ name: String, _ text: String?) {
    if let text { append(name, text.utf8) }
  }

  /// Appends a field, if it has a value.
  mutating func append(_ name: String, _ number: Int?) {
    if let number { append(name, String(number).utf8) }
  }

  /// Appends fields as one, if there are any.
  mutating func append(_ name: String, _ fields: RecordFields?) {
    if let fields { append(name, fields.bytes) }
  }
}

/// Reads what `RecordFields` wrote, in the same order.
struct RecordFieldReader {
  /// Bytes that `RecordFields` doesn't write.
  struct Malformed: Error {}

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The value of the next field if that is its name; otherwise nil, and nothing is read.
  mutating func bytes(_ name: String) throws(Malformed) -> ArraySlice<UInt8>? {
    let mark = name.utf8
    guard rest.starts(with: mark), rest.dropFirst(mark.count).first == UInt8(ascii: " ") else {
      return nil
    }
    let afterName = rest.dropFirst(mark.count + 1)
    guard let colon = afterName.firstIndex(of: UInt8(ascii: ":")) else { throw Malformed() }
    let count = try Self.number(afterName[..<colon])
    let afterColon = afterName[(colon + 1)...]
    guard count >= 0, count < afterColon.count else { throw Malformed() }
    let end = afterColon.startIndex + count
    guard afterColon[end] == UInt8(ascii: "\n") else { throw Malformed() }
    rest = afterColon[(end + 1)...]
    return afterColon[..<end]
  }

  mutating func text(_ name: String) throws(Malformed) -> String? {
    guard let bytes = try bytes(name) else { return nil }
    return try Self.text(bytes)
  }

  mutating func number(_ name: String) throws(Malformed) -> Int? {
    guard let bytes = try bytes(name) else { return nil }
    return try Self.number(bytes)
  }

  mutating func fields(_ name: String) throws(Malformed) -> RecordFieldReader? {
    try bytes(name).map(RecordFieldReader.init)
  }

  /// Makes sure that nothing is left.
  func end() throws(Malformed) {
    guard rest.isEmpty else { throw Malformed() }
  }

  /// What can be reckoned with: as seconds since 1970 till the year 5138, long after whatever a `.env`
  /// can say. A record made up by somebody must not overflow.
  private static let countable = 0..<100_000_000_000

  private static func text(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
    return text
  }

  private static func number(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Int {
    guard let number = Int(try text(bytes)), countable.contains(number) else { throw Malformed() }
    return number
  }
}

extension Optional {
  /// The value of a field that every record has.
  func required() throws(RecordFieldReader.Malformed) -> Wrapped {
    guard let self else { throw RecordFieldReader.Malformed() }
    return self
  }
}
