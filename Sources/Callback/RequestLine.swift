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

/// What a request is for, in one of the four forms of RFC 9112 §3.2.
struct RequestTarget {
  let text: String
  var authority: String?
  var path: String?
  var query: String?

  init?(_ word: ArraySlice<UInt8>, method: String) {
    guard !word.isEmpty, word.allSatisfy({ $0.isVCHAR && $0 != UInt8(ascii: "#") }) else {
      return nil
    }
    text = String(decoding: word, as: UTF8.self)
    if word.first == UInt8(ascii: "/") {
      splitPath(word)
    } else if method == "CONNECT" {
      authority = text
    } else if method == "OPTIONS" && text == "*" {
      return
    } else {
      guard let rest = Self.afterScheme(word) else { return nil }
      let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
      authority = String(decoding: rest[..<(end ?? rest.endIndex)], as: UTF8.self)
      splitPath(rest[(end ?? rest.endIndex)...])
      // RFC 9110 §4.2.3: an empty path is the same as "/".
      if path == "" { path = "/" }
    }
  }

  private mutating func splitPath(_ bytes: ArraySlice<UInt8>) {
    let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
    path = String(decoding: bytes[..<(mark ?? bytes.endIndex)], as: UTF8.self)
    query = mark.map { String(decoding: bytes[($0 + 1)...], as: UTF8.self) }
  }

  /// The rest of an absolute target; nil unless its scheme is http or https, in any case.
  private static func afterScheme(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for scheme in ["http://", "https://"]
    where word.prefix(scheme.utf8.count).map(\.lowercasedASCII) == Array(scheme.utf8) {
      return word.dropFirst(scheme.utf8.count)
    }
    return nil
  }
}
