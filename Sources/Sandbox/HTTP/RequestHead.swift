/// Request line and header fields (RFC 9112 §3 and §5).
struct RequestHead {
  /// Bytes that are no head; `status` is what they are answered with.
  struct Malformed: Error {
    let status: Int
    static let badRequest = Malformed(status: 400)
  }

  let method: String
  let target: String
  let headers: [Header]
  /// The length of the content that follows, in bytes.
  let contentLength: Int

  /// Reads a head that ends with its empty line.
  init(_ bytes: ArraySlice<UInt8>) throws(Malformed) {
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\r\n", omittingEmptySubsequences: true)
    guard let requestLine = lines.first else { throw .badRequest }
    let parts = requestLine.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, Self.isToken(parts[0]) else { throw .badRequest }
    guard parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0" else {
      throw parts[2].hasPrefix("HTTP/") ? Malformed(status: 505) : .badRequest
    }
    guard parts[1].hasPrefix("/"), parts[1].utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw .badRequest
    }
    method = String(parts[0])
    target = String(parts[1])
    headers = try lines.dropFirst().map { line throws(Malformed) in try Self.header(line) }
    contentLength = try Self.contentLength(headers)
  }

  private static func header(_ line: Substring) throws(Malformed) -> Header {
    // White space before the colon, and folded lines, are refused: RFC 9112 §5.1 and §5.2.
    guard let colon = line.firstIndex(of: ":"), isToken(line[..<colon]) else { throw .badRequest }
    var value = line[line.index(after: colon)...]
    while let first = value.first, first == " " || first == "\t" { value.removeFirst() }
    while let last = value.last, last == " " || last == "\t" { value.removeLast() }
    guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else { throw .badRequest }
    return Header(String(line[..<colon]), String(value))
  }

  private static func contentLength(_ headers: [Header]) throws(Malformed) -> Int {
    func values(of name: String) -> [String] {
      headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
    guard values(of: "transfer-encoding").isEmpty else { throw Malformed(status: 501) }
    let lengths = values(of: "content-length")
    guard let first = lengths.first else { return 0 }
    guard lengths.allSatisfy({ $0 == first }), first.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      !first.isEmpty
    else { throw .badRequest }
    // Digits that don't fit are a length beyond every limit.
    return Int(first) ?? .max
  }

  /// Whether `text` is a token (RFC 9110 §5.6.2).
  private static func isToken(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
