extension RequestHead {
  /// So many fields are more than any browser sends, and few enough to keep work bounded.
  static let fieldLimit = 100

  /// Reads a head from the first bytes of a connection.
  ///
  /// Total: any bytes give a result. Strict, since nothing but a browser has business here: no
  /// HTTP/0.9, no folded lines, no bare CR, no whitespace before a colon (RFC 9112 §2.2, §5.1,
  /// §5.2). A lone LF ends a line, and one empty line may come first, as RFC 9112 §2.2 allows.
  ///
  /// - Parameter bytes: everything received so far; the caller bounds it.
  public static func parse(_ bytes: [UInt8]) -> ParseResult {
    var lines = HeadLines(bytes)
    guard var line = lines.next() else { return verdictOnUnfinishedRequestLine(bytes) }
    if line.isEmpty {
      guard let second = lines.next() else { return verdictOnUnfinishedRequestLine(lines.rest) }
      line = second
    }
    guard let start = RequestLine(line) else { return .malformed(status: 400) }
    guard start.version == "HTTP/1.1" || start.version == "HTTP/1.0" else {
      return .malformed(status: 505)
    }
    var fields: [Field] = []
    while let line = lines.next() {
      if line.isEmpty { return .head(RequestHead(start, fields)) }
      guard fields.count < fieldLimit else { return .malformed(status: 431) }
      guard let field = Field(line) else { return .malformed(status: 400) }
      fields.append(field)
    }
    return .incomplete
  }

  /// What can't be the start of a method is refused at once: there is no use in waiting for the end
  /// of a line of garbage.
  private static func verdictOnUnfinishedRequestLine(_ bytes: some Sequence<UInt8>) -> ParseResult {
    for byte in bytes where !byte.isTokenCharacter {
      return byte == 0x20 || byte == 0x0D || byte == 0x0A ? .incomplete : .malformed(status: 400)
    }
    return .incomplete
  }

  private init(_ start: RequestLine, _ fields: [Field]) {
    method = start.method
    target = start.target.text
    authority = start.target.authority
    path = start.target.path
    query = start.target.query
    version = start.version
    headers = fields
  }
}

extension RequestHead.Field {
  /// A line `name: value`; nil when it isn't one (RFC 9112 §5).
  fileprivate init?(_ line: ArraySlice<UInt8>) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(\.isTokenCharacter)
    else { return nil }
    let value = line[(colon + 1)...]
    guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return nil }
    name = String(decoding: line[..<colon], as: UTF8.self)
    self.value = String(String(decoding: value, as: UTF8.self).trimmed)
  }
}

/// The lines of a head, each without its line ending; ends at the last whole line.
private struct HeadLines: IteratorProtocol {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func next() -> ArraySlice<UInt8>? {
    guard let end = rest.firstIndex(of: 0x0A) else { return nil }
    var line = rest[..<end]
    if line.last == 0x0D { line = line.dropLast() }
    rest = rest[(end + 1)...]
    return line
  }
}
