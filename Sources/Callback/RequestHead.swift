/// A header field (RFC 9110 §5).
public struct HeaderField: Sendable, Equatable {
  /// The name, in the case it was sent in. Compare without regard to case.
  public let name: String
  /// The value without the whitespace around it; bytes above ASCII are read as UTF-8.
  public let value: String

  /// A field to send or to compare with. Neither part may contain CR or LF.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [HeaderField] {
  /// The values of every field called `name`, without regard to case, in order.
  public func values(of name: String) -> [String] {
    let wanted = name.lowercasedASCII
    return filter { $0.name.lowercasedASCII == wanted }.map(\.value)
  }
}

/// The head of an HTTP/1 request: the request line and the fields (RFC 9112 §2.1).
///
/// The target may carry an authorization code, so a head prints as nothing.
public struct RequestHead: Sendable, Equatable, WithoutSecrets {
  /// What a run of bytes turned out to be.
  public enum ParseResult: Sendable, Equatable {
    /// Right so far: more bytes are needed.
    case incomplete
    /// Not a request; answer with this status (400, 431 or 505).
    case malformed(status: Int)
    /// A whole head. What follows it, a body or another request, isn't looked at.
    case head(RequestHead)
  }

  /// The method, in the case it was sent in: methods are case-sensitive (RFC 9110 §9.1).
  public let method: String
  /// The request target as sent: visible ASCII only.
  public let target: String
  /// The authority of a target in absolute or authority form (RFC 9112 §3.2.2, §3.2.3).
  public let authority: String?
  /// The path as sent, nothing decoded or resolved; nil for targets that have none.
  public let path: String?
  /// What follows the first `?`, as sent; nil when there is no `?`.
  public let query: String?
  /// `HTTP/1.0` or `HTTP/1.1`.
  public let version: String
  /// The fields, in the order they came.
  public let headers: [HeaderField]
  /// The length of the head in bytes, with the empty line that ends it.
  public let byteCount: Int

  /// More fields than any browser sends, and few enough to bound the work.
  private static let fieldLimit = 100

  /// Reads a head from the first bytes of a connection.
  ///
  /// Total: any bytes give a result. Strict, because only browsers and this project's own programs
  /// have business here: no HTTP/0.9, no folded lines, no bare CR, no whitespace before a colon
  /// (RFC 9112 §2.2, §5.1, §5.2). One empty line may come first, as RFC 9112 §2.2 allows.
  ///
  /// - Parameters:
  ///   - bytes: everything received so far; the caller bounds it.
  ///   - allowsBareLF: whether a lone LF ends a line, as RFC 9112 §2.2 allows. What passes requests
  ///     on doesn't let it: two programs that find different lines in one head can be played off
  ///     against each other.
  public static func parse(_ bytes: [UInt8], allowsBareLF: Bool = true) -> ParseResult {
    var lines = HeadLines(bytes, allowsBareLF: allowsBareLF)
    guard var line = lines.next() else { return verdictOnUnfinishedRequestLine(bytes[...]) }
    if line.isEmpty {
      guard let second = lines.next() else { return verdictOnUnfinishedRequestLine(lines.rest) }
      line = second
    }
    guard let start = RequestLine(line) else { return .malformed(status: 400) }
    guard start.version == "HTTP/1.1" || start.version == "HTTP/1.0" else {
      return .malformed(status: 505)
    }
    var fields: [HeaderField] = []
    while let line = lines.next() {
      if line.isEmpty {
        return .head(RequestHead(start, fields, byteCount: bytes.count - lines.rest.count))
      }
      guard fields.count < fieldLimit else { return .malformed(status: 431) }
      guard let field = HeaderField(line) else { return .malformed(status: 400) }
      fields.append(field)
    }
    return .incomplete
  }

  /// What can't be the start of a method is refused at once, without waiting for the end of a line
  /// of garbage.
  private static func verdictOnUnfinishedRequestLine(_ bytes: ArraySlice<UInt8>) -> ParseResult {
    guard let next = bytes.first(where: { !$0.isTokenCharacter }) else { return .incomplete }
    return next == 0x20 || next == 0x0D || next == 0x0A ? .incomplete : .malformed(status: 400)
  }

  private init(_ start: RequestLine, _ fields: [HeaderField], byteCount: Int) {
    method = start.method
    target = start.target.text
    authority = start.target.authority
    path = start.target.path
    query = start.target.query
    version = start.version
    headers = fields
    self.byteCount = byteCount
  }

  /// The values of every field called `name`, without regard to case, in the order they came.
  public func values(of name: String) -> [String] { headers.values(of: name) }

  /// Whether a browser asks before the user does (Fetch §3.9). The other names are those of older
  /// browsers.
  var isPrefetch: Bool {
    ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].contains { name in
      values(of: name).contains { value in
        let purpose = value.prefix { $0 != ";" && $0 != "," }
        return ["prefetch", "preview", "prerender"].contains(String(purpose).lowercasedASCII)
      }
    }
  }

  /// Whether the answer will be displayed, below an address with a code in it.
  var showsCode: Bool { asksForHTML && FormQuery(query ?? "").mentions("code") }

  /// Whether `Accept` names HTML: every browser does that where it will display the answer (Fetch
  /// §4.6); curl and the like accept anything.
  private var asksForHTML: Bool {
    values(of: "Accept").contains { ranges in
      ranges.split(separator: ",").contains { range in
        let type = range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
        return type.lowercasedASCII == "text/html"
      }
    }
  }
}

/// The lines of a head, each without its line ending; ends at the last whole line. Where a lone LF
/// doesn't end a line it stays in it, and nothing that is read from a line can have one.
private struct HeadLines: IteratorProtocol {
  private(set) var rest: ArraySlice<UInt8>
  private let allowsBareLF: Bool

  init(_ bytes: [UInt8], allowsBareLF: Bool) {
    (rest, self.allowsBareLF) = (bytes[...], allowsBareLF)
  }

  mutating func next() -> ArraySlice<UInt8>? {
    guard let end = rest.firstIndex(of: 0x0A) else { return nil }
    var line = rest[...end]
    rest = rest[(end + 1)...]
    if line.dropLast().last == 0x0D {
      line = line.dropLast(2)
    } else if allowsBareLF {
      line = line.dropLast()
    }
    return line
  }
}

extension HeaderField {
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

/// `method SP target SP version` (RFC 9112 §3).
private struct RequestLine {
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
    return bytes.count == 8 && bytes.starts(with: "HTTP/".utf8) && bytes[5].isDigit
      && bytes[6] == UInt8(ascii: ".") && bytes[7].isDigit
  }
}

/// What a request is for, in one of the four forms of RFC 9112 §3.2.
private struct RequestTarget {
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

/// A value that carries an authorization code or a `state`, and never shows it when printed,
/// interpolated, dumped or reflected.
public protocol WithoutSecrets: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{}

extension WithoutSecrets {
  /// The type's name and nothing else.
  public var description: String { "\(Self.self)(‹redacted›)" }
  /// The type's name and nothing else.
  public var debugDescription: String { description }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
