/// What the user copied from the browser: the redirect URL, only its query, or the bare code.
public enum PastedRedirect: Sendable, Equatable, WithoutSecrets {
  /// A code with this login's `state`.
  case code(String)
  /// What looks like a code, without anything that confirms it.
  case bareCode(String)
  /// X's error, with this login's `state`. The texts are X's, not sanitized.
  case denied(error: String, description: String?)
  /// Another login's redirect: usually an older tab.
  case wrongState
  /// Nothing at all, or a redirect that was cut short: the `state` or the code is missing.
  case incomplete
  /// The address of X's consent page, which should be opened, not pasted.
  case authorizationRequest
  /// Something else.
  case notARedirect

  /// Reads `text`, tolerating what terminals, chats and mail programs do to a URL: whitespace, line
  /// breaks and invisible characters anywhere, quotes, brackets or words around it, quotation marks
  /// of replies (`>`), a missing scheme, escaped ampersands, the URL twice, lines of other text, a
  /// shell's backslashes, the whole percent-encoded or inside the address of a link scanner.
  ///
  /// Scheme and host aren't checked, because `state` proves more; everything except a bare code
  /// needs it.
  ///
  /// - Parameters:
  ///   - text: what was pasted.
  ///   - state: this login's.
  ///   - others: what is easily copied by mistake and never begins a code: the client's identifier,
  ///     the authority of the redirect URI.
  public static func parse(
    _ text: String, expecting state: String, otherThan others: [String] = []
  ) -> PastedRedirect {
    best(of: PastedText.passages(of: text).map { parse($0, expecting: state, others, depth: 0) })
      ?? .incomplete
  }

  /// Addresses in addresses are followed so far.
  private static let deepest = 3

  private static func parse(
    _ passage: String, expecting state: String, _ others: [String], depth: Int
  ) -> PastedRedirect {
    let bytes = PastedText.unwrap(passage)
    guard !bytes.isEmpty else { return .incomplete }
    let parts = bytes.split(separator: UInt8(ascii: "?"), omittingEmptySubsequences: false)
    let inner = depth < deepest ? PastedText.inner(bytes) : []
    let enclosed = inner.map { parse($0, expecting: state, others, depth: depth + 1) }
    if parts.count > 1 {
      // Of equally good readings the last one: only there is the end certain to be the browser's.
      let readings = parts.dropFirst().reversed().map {
        parse(query: PastedText.query(in: $0), expecting: state)
      }
      return best(of: readings + enclosed) ?? .notARedirect
    }
    if let enclosed = best(of: enclosed), enclosed.rank < PastedRedirect.incomplete.rank {
      return enclosed
    }
    let body = bytes.prefix { $0 != UInt8(ascii: "#") }
    if PastedText.startsWebURL(body) { return .incomplete }
    let query = FormQuery(String(decoding: body, as: UTF8.self))
    if case .once(let code) = query.occurrence(of: "code"), !query.mentions("state", "error") {
      return parse(bareCode: code.utf8, notContaining: state, others)
    }
    if query.mentions("code", "state", "error") { return parse(query: body, expecting: state) }
    // A code is one word. Its lines, if it has several, aren't sentences.
    if PastedText.hasBlanks(passage) { return .notARedirect }
    return parse(bareCode: body, notContaining: state, others)
  }

  /// Of several readings of one text, the first with the lowest rank counts.
  private static func best(of readings: [PastedRedirect]) -> PastedRedirect? {
    readings.min { $0.rank < $1.rank }
  }

  private var rank: Int {
    switch self {
    case .code, .denied: 0
    case .bareCode: 1
    case .wrongState: 2
    case .incomplete: 3
    case .authorizationRequest: 4
    case .notARedirect: 5
    }
  }

  private static func parse(
    query text: some Collection<UInt8>, expecting state: String
  ) -> PastedRedirect {
    let query = FormQuery(String(decoding: text, as: UTF8.self))
    if query.mentions("response_type", "code_challenge") { return .authorizationRequest }
    switch query.occurrence(of: "state") {
    case .absent: return query.mentions("code", "error") ? .incomplete : .notARedirect
    case .repeated: return .wrongState
    case .once(let candidate):
      guard !state.isEmpty, state.equalsInConstantTime(candidate) else {
        return state.hasPrefix(candidate) ? .incomplete : .wrongState
      }
    }
    switch AuthorizationResponse(query) {
    case .code(let code): return .code(code)
    case .error(let error, let description): return .denied(error: error, description: description)
    case nil: return .incomplete
    }
  }

  /// RFC 6749 §10.10 requires that a code can be guessed with a probability of at most 2^-128: with
  /// the 94 visible characters that takes 20 of them. A shorter word is a typing error, and sending
  /// it to X would only bring a confusing error.
  private static let shortestCode = 20

  private static func parse(
    bareCode bytes: some Collection<UInt8>, notContaining state: String, _ others: [String]
  ) -> PastedRedirect {
    let code = FormQuery.decode(bytes, plusIsSpace: false)
    let lowercased = code.lowercasedASCII
    let isOther = others.contains { !$0.isEmpty && lowercased.hasPrefix($0.lowercasedASCII) }
    // A path, or an address without its scheme, which the browser's address bar hides.
    if code.utf8.contains(UInt8(ascii: "/")) { return isOther ? .incomplete : .notARedirect }
    let isState = !state.isEmpty && code.utf8.firstRange(of: state.utf8) != nil
    let withoutPadding = code.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
    let isCode = withoutPadding.allSatisfy {
      $0.isLetter || $0.isDigit || "-._~+:|".utf8.contains($0)
    }
    let isLongEnough = code.utf8.count >= shortestCode
    return isCode && isLongEnough && !isState && !isOther ? .bareCode(code) : .notARedirect
  }
}

/// Undoes what terminals, chats and mail programs do to a URL.
private enum PastedText {
  /// What people and programs put around a URL, or after it.
  private static let wrapping: Set<Unicode.Scalar> = [
    "\"", "'", "`", "“", "”", "‘", "’", "«", "»", "(", ")", "[", "]", ".", ",", ";",
  ]

  /// The ways to write an ampersand in HTML.
  private static let ampersands = ["&amp;", "&#38;", "&#x26;"].map { Array($0.utf8) }

  /// What ends a query in the middle of a text: a fragment, characters that browsers escape in a URL,
  /// and what encloses a URL in Markdown or in a chat.
  private static let ends = Set("#\"`)]|".utf8)

  /// The passages of `text` that can be an address each: its lines, and to each those after it that
  /// can be the rest of an address that was broken into lines.
  static func passages(of text: String) -> [String] {
    var passages: [String] = []
    for line in text.split(whereSeparator: \.isNewline).map(String.init) {
      let bytes = Array(String(trimmed(line)).utf8)
      if bytes.isEmpty { continue }
      let goesOn =
        bytes.allSatisfy { $0.isLetter || $0.isDigit || "-._~%&=+:|/#\\;".utf8.contains($0) }
        && !startsWebURL(bytes[...])
      if goesOn, let last = passages.indices.last,
        !hasBlanks(passages[last]) || passages[last].contains("=")
      {
        passages[last] += "\n" + line
      } else {
        passages.append(line)
      }
    }
    return passages
  }

  /// Whether a line of `passage` is more than one word.
  static func hasBlanks(_ passage: String) -> Bool {
    passage.split(whereSeparator: \.isNewline).contains { line in
      trimmed(String(line)).contains { $0.properties.isWhitespace }
    }
  }

  /// `line` without what may be around a part of an address.
  private static func trimmed(_ line: String) -> Substring.UnicodeScalarView {
    let isAround: (Unicode.Scalar) -> Bool = {
      isRemoved($0) || wrapping.contains($0)
    }
    let rest = line.unicodeScalars.drop(while: isAround)
    guard let end = rest.lastIndex(where: { !isAround($0) }) else { return rest.prefix(0) }
    return rest[...end]
  }

  private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
      || "<>\\".unicodeScalars.contains(scalar)
  }

  /// What may be an address in `bytes`, in which it is encoded: all of them, or a parameter's value,
  /// as link scanners have it in theirs.
  static func inner(_ bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    let values = FormQuery.parse(text).map(\.value)
    let encoded = values.filter { $0.contains("state=") && $0 != text }
    // Proofpoint's second version writes - for %, and _ for /.
    let dashed = values.filter { $0.contains("state-3D") }.map { value in
      FormQuery.decode(
        value.replacing("_", with: "/").replacing("-", with: "%").utf8, plusIsSpace: false)
    }
    let whole = text.contains("state%") ? [FormQuery.decode(bytes, plusIsSpace: false)] : []
    return encoded + dashed + whole
  }

  /// The bytes of `text` without whitespace, invisible characters (U+FEFF, U+200B), backslashes,
  /// angle brackets (those of quoted lines too) and surrounding punctuation, and with ampersands unescaped.
  static func unwrap(_ text: String) -> [UInt8] {
    let visible = text.unicodeScalars.filter { !isRemoved($0) }
    let scalars = unescape(Array(String(visible).utf8)).unicodeScalars
    let rest = scalars.drop { wrapping.contains($0) }
    guard let end = rest.lastIndex(where: { !wrapping.contains($0) }) else { return [] }
    return Array(String(rest[...end]).utf8)
  }

  /// The query at the start of `bytes`, without what follows it, such as another URL.
  static func query(in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    for index in bytes.indices
    where ends.contains(bytes[index]) || startsWebURL(bytes[index...])
      // Where Proofpoint's third version ends.
      || bytes[index...].starts(with: "__;".utf8)
    {
      return bytes[..<index]
    }
    return bytes
  }

  /// Whether `bytes` begin with `http://` or `https://`, in any case.
  static func startsWebURL(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.prefix(8)
    guard start.first.map({ $0 | 0x20 }) == UInt8(ascii: "h") else { return false }
    let lowercased = start.map(\.lowercasedASCII)
    return lowercased.starts(with: "http://".utf8) || lowercased.starts(with: "https://".utf8)
  }

  private static func unescape(_ bytes: [UInt8]) -> String {
    var unescaped: [UInt8] = []
    unescaped.reserveCapacity(bytes.count)
    var source = bytes[...]
    while let byte = source.first {
      unescaped.append(byte)
      let escape = byte == UInt8(ascii: "&") ? ampersands.first { source.starts(with: $0) } : nil
      source = source.dropFirst(escape?.count ?? 1)
    }
    return String(decoding: unescaped, as: UTF8.self)
  }
}
