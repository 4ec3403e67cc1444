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
