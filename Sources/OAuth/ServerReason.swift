extension ServerAnswer {
  /// Why the server says that it did not do what was asked, in its own words: an OAuth error's description
  /// (RFC 6749 §5.2), problem details (RFC 9457), the first of X's `errors`, a page's title, or a line of
  /// plain text; sanitized. Nil when it says nothing. Should it echo one of `secrets`, that is blotted out.
  public func reason(withholding secrets: [Secret] = []) -> String? {
    let words = json(ReasonBody.self).map(\.words) ?? pageTitle ?? plainLine
    let shown = words.map { sanitized($0, withholding: secrets) }
    return shown?.isEmpty == false ? shown : nil
  }

  private var text: String { String(decoding: body.prefix(16 * 1024), as: UTF8.self) }

  private var pageTitle: String? {
    let text = text
    guard let start = text.range(ofASCII: "<title>"),
      let end = text[start.upperBound...].range(ofASCII: "</title>")
    else { return nil }
    return String(text[start.upperBound..<end.lowerBound])
  }

  /// A gateway's line such as `upstream connect error`; neither markup nor JSON, and nothing of a success,
  /// which may be tokens in a form of its own.
  private var plainLine: String? {
    let text = text
    guard status >= 300, body.count <= 300, !text.contains(where: { "<{[\u{FFFD}".contains($0) })
    else { return nil }
    return text
  }
}

extension StringProtocol {
  /// Where `word` first occurs, in whatever case.
  fileprivate func range(ofASCII word: String) -> Range<Index>? {
    let (bytes, wanted) = (utf8, Array(word.utf8))
    var start = bytes.startIndex
    while let end = bytes.index(start, offsetBy: wanted.count, limitedBy: bytes.endIndex) {
      let isHere = zip(bytes[start..<end], wanted).allSatisfy { byte, letter in
        byte == letter || (byte | 0x20 == letter && UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte)
      }
      if isHere { return start..<end }
      start = bytes.index(after: start)
    }
    return nil
  }
}

/// The members in which servers give a reason.
private struct ReasonBody: Decodable {
  let words: String?

  private enum Key: String, CodingKey {
    case description = "error_description"
    case detail, message, title, error, errors
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let inner = try? container.decode([ReasonBody].self, forKey: .errors)
    words =
      container.text(.description).text ?? container.text(.detail).text
      ?? inner?.lazy.compactMap(\.words).first
      ?? container.text(.message).text ?? container.text(.title).text ?? container.text(.error).text
  }
}
