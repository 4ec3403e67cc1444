/// `method SP target SP version` (RFC 9112 §3).
struct RequestLine {
  let method: String
  let target: RequestTarget
  let version: String

  /// nil when the line isn't one, as in HTTP/0.9, which had no version.
  init?(_ line: ArraySlice<UInt8>) {
    let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(\.isTokenCharacter),
      Self.isVersion(words[2])
    else { return nil }
    method = String(decoding: words[0], as: UTF8.self)
    version = String(decoding: words[2], as: UTF8.self)
    guard let target = RequestTarget(words[1], method: method) else { return nil }
    self.target = target
  }

  /// `HTTP/` DIGIT `.` DIGIT, in capitals (RFC 9112 §2.3).
  private static func isVersion(_ word: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(word)
    return bytes.count == 8 && bytes.starts(with: Array("HTTP/".utf8)) && bytes[5].isDigit
      && bytes[6] == UInt8(ascii: ".") && bytes[7].isDigit
  }
}
