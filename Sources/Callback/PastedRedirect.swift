/// What somebody copied out of the browser: the redirect URL, its query alone, or the bare code.
public enum PastedRedirect: Sendable, Equatable, WithoutSecrets {
  /// A code: with this login's `state`, or bare, as it can't carry one.
  case code(String)
  /// X's error, with this login's `state`. The texts are X's words, unfiltered.
  case denied(error: String, description: String?)
  /// Another login's redirect: often an older tab.
  case wrongState
  /// Nothing at all, or a redirect that was cut short: its `state` or its code is missing.
  case incomplete
  /// The address of X's consent page, which is to be opened, not pasted.
  case authorizationRequest
  /// Something else.
  case notARedirect

  /// Reads `text`, forgiving what terminals, chats and mail programs do to a URL: whitespace and
  /// line breaks anywhere, quotes or angle brackets around it, `&amp;` for `&`.
  ///
  /// The host isn't looked at, since `state` says more; it is required of everything but a bare
  /// code.
  public static func parse(_ text: String, expecting state: String) -> PastedRedirect {
    let bytes = unwrap(text)
    guard !bytes.isEmpty else { return .incomplete }
    let body = bytes.prefix { $0 != UInt8(ascii: "#") }
    if let mark = body.firstIndex(of: UInt8(ascii: "?")) {
      guard mark == body.startIndex || isWebURL(body) else { return .notARedirect }
      return parse(query: body[(mark + 1)...], expecting: state)
    }
    if isWebURL(body) { return .incomplete }
    if FormQuery(String(decoding: body, as: UTF8.self)).mentions("code", "state", "error") {
      return parse(query: body, expecting: state)
    }
    return parse(bareCode: Array(body))
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

  /// RFC 6749 §10.10 wants codes that are guessed with a probability of 2^-128 at most: with the 94
  /// visible characters that takes 20. A shorter word is a slip of the keyboard, and sending it to
  /// X would only end in a confusing refusal.
  private static let shortestCode = 20

  private static func parse(bareCode bytes: [UInt8]) -> PastedRedirect {
    let code = FormQuery.decode(bytes, plusIsSpace: false)
    let withoutPadding = code.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
    let isCode = withoutPadding.allSatisfy {
      $0.isLetter || $0.isDigit || "-._~+/:|".utf8.contains($0)
    }
    // An address whose scheme was cut off or is of no browser: `ttp://127.0.0.1:8976/callback`.
    let isAddress = code.utf8.firstRange(of: "://".utf8) != nil
    return isCode && !isAddress && code.utf8.count >= shortestCode ? .code(code) : .notARedirect
  }

  private static func isWebURL(_ bytes: some Collection<UInt8>) -> Bool {
    let start = bytes.prefix(8).map(\.lowercasedASCII)
    return start.starts(with: "http://".utf8) || start.starts(with: "https://".utf8)
  }

  /// The bytes without whitespace, without what stands around them, and with `&amp;` undone.
  private static func unwrap(_ text: String) -> [UInt8] {
    let wrapping: Set<Character> = ["\"", "'", "`", "<", ">", "“", "”", "‘", "’", "«", "»"]
    let rest = text.filter { !$0.isWhitespace }.drop { wrapping.contains($0) }
    let end = rest.lastIndex { !wrapping.contains($0) } ?? rest.startIndex
    guard !rest.isEmpty else { return [] }

    let escaped = Array("&amp;".utf8)
    var bytes: [UInt8] = []
    var source = Array(rest[...end].utf8)[...]
    while let byte = source.first {
      bytes.append(byte)
      source = source.dropFirst(source.starts(with: escaped) ? escaped.count : 1)
    }
    return bytes
  }
}
