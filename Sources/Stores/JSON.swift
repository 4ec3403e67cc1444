import FoundationEssentials
import Rotation

/// A JSON value: what an engine is asked, and what it answers.
enum JSON: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// The value that `bytes` are, nil if they are none.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONDecoder().decode(JSON.self, from: Data(bytes)) else { return nil }
    self = value
  }

  /// The value as text in UTF-8.
  var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map(Array.init) ?? []
  }

  /// The member of an object, nil if there is none.
  subscript(name: String) -> JSON? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The first element of an array, nil if there is none.
  var first: JSON? { if case .array(let elements) = self { elements.first } else { nil } }

  /// The text of a string, nil for other values.
  var string: String? { if case .string(let text) = self { text } else { nil } }

  /// A whole number, nil for other values.
  var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// Whether it is `true`.
  var isTrue: Bool { if case .bool(true) = self { true } else { false } }
}

extension JSON: Codable {
  /// Lists within lists, at most: no answer of any use has more, and a worker's stack is small.
  private static let depthLimit = 50

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if decoder.codingPath.count > Self.depthLimit {
      throw DecodingError.dataCorruptedError(in: value, debugDescription: "nested too deep")
    }
    if let text = try? value.decode(String.self) {
      self = .string(text)
    } else if let members = try? value.decode([String: JSON].self) {
      self = .object(members)
    } else if let elements = try? value.decode([JSON].self) {
      self = .array(elements)
    } else if let number = try? value.decode(Int64.self) {
      self = .integer(number)
    } else if let isTrue = try? value.decode(Bool.self) {
      self = .bool(isTrue)
    } else if value.decodeNil() {
      self = .null
    } else {
      self = .number(try value.decode(Double.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .bool(let isTrue): try value.encode(isTrue)
    case .integer(let number): try value.encode(number)
    case .number(let number): try value.encode(number)
    case .string(let text): try value.encode(text)
    case .array(let elements): try value.encode(elements)
    case .object(let members): try value.encode(members)
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  init(stringLiteral text: String) { self = .string(text) }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(dictionaryLiteral members: (String, JSON)...) {
    self = .object(Dictionary(members) { _, last in last })
  }
}

/// A place's entries, where an engine keeps all of them as one value.
extension JSON {
  /// The largest such value, in bytes.
  static let sizeLimit = 64 << 10

  /// The value as text. Throws what a swap does when it is too large.
  func bytesWithinLimit() throws(StoreFailure) -> [UInt8] {
    let bytes = bytes
    if bytes.count <= Self.sizeLimit { return bytes }
    throw .notSent(reason: "what is to be stored is larger than \(Self.sizeLimit >> 10) KiB")
  }

  /// `entries` as an object of strings.
  init(_ entries: [String: String]) { self = .object(entries.mapValues(JSON.string)) }

  /// The entries of an object of strings, nil for other values.
  var entries: [String: String]? {
    guard case .object(let members) = self else { return nil }
    let entries = members.compactMapValues(\.string)
    return entries.count == members.count ? entries : nil
  }
}

/// Base64 with padding (RFC 4648 §4), in which engines carry bytes.
enum Base64 {
  static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

  static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map(Array.init) }
}
