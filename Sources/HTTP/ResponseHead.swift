/// The field lines of an answer's head (RFC 9112 §5).
enum ResponseHead {
  /// The fields by lowercased name; of a repeated one the last. The status line, and lines that
  /// are no fields, are passed over: libcurl has judged the framing.
  static func fields(_ head: [UInt8]) -> [String: String] {
    var fields: [String: String] = [:]
    var last: String?
    for line in head.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let isFolded = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
      // An obsolete line folding continues the field before (RFC 9112 §5.2).
      if isFolded, let last {
        fields[last]? += " " + text(line)
        continue
      }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
        last = nil
        continue
      }
      let name = text(line[..<colon]).lowercased()
      fields[name] = text(line[line.index(after: colon)...])
      last = name
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
