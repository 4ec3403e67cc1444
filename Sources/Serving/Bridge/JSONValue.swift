/// A JSON text (RFC 8259) or a value in it, looked into where it lies: nothing is built of it, so that
/// it can be passed on as it came.
struct JSONValue: Sendable {
  private let text: [UInt8]
  private let range: Range<Int>

  /// All of `text`, but for blanks around it. Nil if that isn't one JSON value in UTF-8, or one that is
  /// nested too deep.
  init?(_ text: [UInt8]) {
    var scanner = JSONScanner(text)
    scanner.skipBlanks()
    guard let range = scanner.value() else { return nil }
    scanner.skipBlanks()
    guard scanner.isAtEnd, String(validating: text, as: UTF8.self) != nil else { return nil }
    (self.text, self.range) = (text, range)
  }

  private init(_ text: [UInt8], _ range: Range<Int>) { (self.text, self.range) = (text, range) }

  /// The value as it is written.
  var bytes: ArraySlice<UInt8> { text[range] }
  /// Whether it is an object.
  var isObject: Bool { text[range.lowerBound] == UInt8(ascii: "{") }
  /// Whether it is an array.
  var isArray: Bool { text[range.lowerBound] == UInt8(ascii: "[") }

  /// The members of an object in their order, with names as they are meant; nothing in other values.
  var members: [(name: String, value: JSONValue)] {
    guard isObject else { return [] }
    return parts.map { name, value in (Self.unescaped(text[name.dropFirst().dropLast()]), value) }
  }

  /// The elements of an array; nothing in other values.
  var elements: [JSONValue] { isArray ? parts.map(\.value) : [] }

  /// The member of this name, by most parsers' rule: of several the last one.
  subscript(name: String) -> JSONValue? { members.last { $0.name == name }?.value }

  /// What a string says; nil for other values.
  var string: String? {
    guard text[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
    return Self.unescaped(text[range.dropFirst().dropLast()])
  }

  /// A number's own spelling; nil for other values.
  var number: String? {
    let first = text[range.lowerBound]
    guard first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  private var parts: [(name: Range<Int>, value: JSONValue)] {
    var parts: [(name: Range<Int>, value: JSONValue)] = []
    var scanner = JSONScanner(text, from: range.lowerBound)
    _ = scanner.list(depth: 0) { parts.append(($0, JSONValue(text, $1))) }
    return parts
  }

  /// A string without its quotes, escapes undone; half a surrogate pair becomes U+FFFD.
  private static func unescaped(_ raw: ArraySlice<UInt8>) -> String {
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
    // As UTF-16, in which JSON escapes what is beyond the basic plane.
    var units: [UInt16] = []
    var rest = String(decoding: raw, as: UTF8.self).utf16[...]
    while let unit = rest.popFirst() {
      guard unit == 0x5C, let letter = rest.popFirst() else {
        units.append(unit)
        continue
      }
      switch UInt8(truncatingIfNeeded: letter) {
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "u"):
        units.append(UInt16(String(Substring(rest.prefix(4))), radix: 16) ?? 0xFFFD)
        rest = rest.dropFirst(4)
      default: units.append(letter)
      }
    }
    return String(decoding: units, as: UTF16.self)
  }
}

extension String {
  /// The text as a JSON string (RFC 8259 §7).
  var jsonQuoted: String {
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// Steps over JSON, strictly.
struct JSONScanner {
  /// Lists within lists, at most: no message of any use has more, and a worker's stack is small.
  static let depthLimit = 200

  private let text: [UInt8]
  private var position: Int

  init(_ text: [UInt8], from position: Int = 0) { (self.text, self.position) = (text, position) }

  var isAtEnd: Bool { position == text.count }

  mutating func skipBlanks() {
    while let byte = next,
      byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B && byte != 0x0C
    {
      position += 1
    }
  }

  /// The range of the value that begins here; nil if none does.
  mutating func value(depth: Int = 0) -> Range<Int>? {
    let start = position
    guard let first = next, depth < Self.depthLimit else { return nil }
    let isWhole =
      switch first {
      case UInt8(ascii: "{"), UInt8(ascii: "["): list(depth: depth) { _, _ in }
      case UInt8(ascii: "\""): string()
      case UInt8(ascii: "t"): word("true")
      case UInt8(ascii: "f"): word("false")
      case UInt8(ascii: "n"): word("null")
      default: number()
      }
    return isWhole ? start..<position : nil
  }

  /// Steps over the object or array that begins here, and tells of each part: the range of its name,
  /// empty in an array, and of its value.
  mutating func list(depth: Int, part: (Range<Int>, Range<Int>) -> Void) -> Bool {
    let isObject = next == UInt8(ascii: "{")
    let end = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    position += 1
    skipBlanks()
    if take(end) { return true }
    repeat {
      skipBlanks()
      let nameStart = position
      if isObject, !string() { return false }
      let name = nameStart..<position
      if isObject {
        skipBlanks()
        guard take(UInt8(ascii: ":")) else { return false }
        skipBlanks()
      }
      guard let value = value(depth: depth + 1) else { return false }
      part(name, value)
      skipBlanks()
    } while take(UInt8(ascii: ","))
    return take(end)
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard
      text[position...].prefix(length).elementsEqual(
        UnsafeBufferPointer(start: word.utf8Start, count: length))
    else { return false }
    position += length
    return true
  }

  private mutating func string() -> Bool {
    guard take(UInt8(ascii: "\"")) else { return false }
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"): if !escape() { return false }
      case 0..<0x20: return false
      default: break
      }
    }
    return false
  }

  private mutating func escape() -> Bool {
    guard let letter = next else { return false }
    position += 1
    guard letter == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(letter) }
    let digits = text[position...].prefix(4)
    position += digits.count
    return digits.count == 4
      && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
  }

  private mutating func number() -> Bool {
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")), !digits() { return false }
    if take(UInt8(ascii: ".")), !digits() { return false }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      return digits()
    }
    return true
  }

  private mutating func digits() -> Bool {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    return position > start
  }
}
