/// What somebody copied out of the browser: the redirect URL, its query alone, or the bare code.
public enum PastedRedirect: Sendable, Equatable, WithoutSecrets {
  /// A code with this login's `state`.
  case code(String)
  /// What may be a code, and has nothing with it that says so.
  case bareCode(String)
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

  /// Reads `text`, forgiving what terminals, chats and mail programs do to a URL: whitespace, line
  /// breaks and invisible characters anywhere, quotes, brackets or words around it, marks of
  /// citation, a missing scheme, escaped ampersands, the URL twice.
  ///
  /// Neither scheme nor host are looked at, since `state` says more; it is required of everything
  /// but a bare code.
  ///
  /// - Parameters:
  ///   - text: what was pasted.
  ///   - state: this login's.
  ///   - others: what may be copied by mistake, and begins no code: the client's identifier, the
  ///     authority of the redirect URI.
  public static func parse(
    _ text: String, expecting state: String, otherThan others: [String] = []
  ) -> PastedRedirect {
    let bytes = PastedText.unwrap(text)
    guard !bytes.isEmpty else { return .incomplete }
    let parts = bytes.split(separator: UInt8(ascii: "?"), omittingEmptySubsequences: false)
    if parts.count > 1 {
      // The last that is as good as any: only that one surely ends where it did in the browser.
      let readings = parts.dropFirst().reversed().map {
        parse(query: PastedText.query(in: $0), expecting: state)
      }
      return readings.min { $0.rank < $1.rank } ?? .notARedirect
    }
    let body = bytes.prefix { $0 != UInt8(ascii: "#") }
    if PastedText.startsWebURL(body) { return .incomplete }
    if FormQuery(String(decoding: body, as: UTF8.self)).mentions("code", "state", "error") {
      return parse(query: body, expecting: state)
    }
    return parse(bareCode: body, notContaining: state, others)
  }

  /// Which of several readings of one text counts: the lowest.
  private var rank: Int {
    switch self {
    case .code, .bareCode, .denied: 0
    case .wrongState: 1
    case .incomplete: 2
    case .authorizationRequest: 3
    case .notARedirect: 4
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

  /// RFC 6749 §10.10 wants codes that are guessed with a probability of 2^-128 at most: with the 94
  /// visible characters that takes 20. A shorter word is a slip of the keyboard, and sending it to
  /// X would only end in a confusing refusal.
  private static let shortestCode = 20

  private static func parse(
    bareCode bytes: some Collection<UInt8>, notContaining state: String, _ others: [String]
  ) -> PastedRedirect {
    let code = FormQuery.decode(bytes, plusIsSpace: false)
    let lowercased = code.lowercasedASCII
    let isOther = others.contains { !$0.isEmpty && lowercased.hasPrefix($0.lowercasedASCII) }
    // A path, or an address without its scheme: a browser's address bar leaves that out.
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
