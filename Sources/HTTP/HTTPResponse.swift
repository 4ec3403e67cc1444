/// A whole answer. Its body may carry tokens, so that no description shows it.
public struct HTTPResponse: Sendable, Equatable {
  /// The status code (RFC 9110 §15).
  public let status: Int
  /// The header fields by lowercased name. Of a repeated field the last one counts.
  public let headers: [String: String]
  /// The body as it came: no content coding is undone.
  public let body: [UInt8]

  /// An answer from its parts.
  public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The status and the body's length in bytes.
  public var description: String { "\(status), \(body.count) bytes" }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// No children: a dump shows what `description` shows.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The field lines of an answer's head (RFC 9112 §5).
enum ResponseHead {
  /// The fields by lowercased name; of a repeated one the last.
  static func fields(_ head: [UInt8]) -> [String: String] {
    let fields = list(head).map { ($0.name.lowercased(), $0.value) }
    return Dictionary(fields) { _, last in last }
  }

  /// The fields as they came, in their order. The status line, and lines that are no fields, are
  /// passed over: libcurl has judged the framing.
  static func list(_ head: [UInt8]) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    var continues = false
    for line in head.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let isFolded = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
      // An obsolete line folding continues the field before (RFC 9112 §5.2).
      if isFolded, continues {
        fields[fields.count - 1].value += " " + text(line)
        continue
      }
      let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.startIndex
      continues = colon > line.startIndex
      guard continues else { continue }
      fields.append((text(line[..<colon]), text(line[line.index(after: colon)...])))
    }
    return fields
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    var bytes = bytes
    while let byte = bytes.first, isBlank(byte) { bytes.removeFirst() }
    while let byte = bytes.last, isBlank(byte) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }
}
