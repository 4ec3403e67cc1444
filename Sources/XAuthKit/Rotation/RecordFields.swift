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
