@testable import OAuth

extension FuzzTarget {
  /// A status, the secret that was presented, and a body: sorted as an answer of each endpoint.
  static let tokenAnswer = FuzzTarget(name: "token-answer") { input in
    let parts = input.parts(3)
    let answer = ServerAnswer(status: Int(parts[0].text) ?? 200, headers: [:], body: parts[2])
    let secret = Secret(parts[1].text)
    for request in [TokenAnswer.Request.refresh, .codeExchange] {
      let sorted = TokenAnswer.classify(answer, to: request, withholding: [secret])
      try check(sorted, of: answer, withholding: secret)
      try promise(
        "an answer is sorted the same way twice",
        sorted == TokenAnswer.classify(answer, to: request, withholding: [secret]))
    }
    try checkRevocation(answer, withholding: secret)
    try checkAccount(answer)
  }

  private static func check(
    _ sorted: TokenAnswer, of answer: ServerAnswer, withholding secret: Secret
  ) throws {
    switch sorted {
    case .granted(let tokens):
      try promise("only a success grants", 200..<300 ~= answer.status)
      try check(tokens, in: answer.body)
    case .loginNeeded(let response), .misconfigured(let response):
      try promise("only a refusal refuses", 400..<500 ~= answer.status && answer.status != 429)
      try check(response, withholding: secret)
    case .temporary: try promise("only 429 is temporary", answer.status == 429)
    case .outcomeUnknown: break
    }
  }

  private static func check(_ tokens: IssuedTokens, in body: [UInt8]) throws {
    for token in [tokens.accessToken, tokens.refreshToken].compactMap({ $0?.reveal() }) {
      try promise(
        "a token is one to sixteen thousand visible characters",
        1...16_384 ~= token.utf8.count && token.utf8.allSatisfy { 0x20...0x7E ~= $0 })
      // Escapes and UTF-16 spell the same text in other bytes.
      if !body.contains(0), !body.contains(UInt8(ascii: "\\")) {
        try promise("a token was in the answer", body.text.contains("\"\(token)\""))
      }
    }
    try promise("a life is a second to a year", 1...31_536_000 ~= tokens.lifetime)
    for scope in tokens.scopes?.names ?? [] {
      try promise("a scope is visible", !scope.isEmpty && scope.utf8.allSatisfy { 33...126 ~= $0 })
    }
  }

  private static func check(_ response: ErrorResponse, withholding secret: Secret) throws {
    for text in [response.code, response.errorDescription ?? ""] {
      try checkShown(text, limit: 200)
      let presented = secret.reveal()
      // The mask itself has the letters of some.
      guard presented.utf8.count > 10, presented.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
        continue
      }
      try promise("no secret is shown", !text.contains(presented))
    }
  }

  private static func checkRevocation(_ answer: ServerAnswer, withholding secret: Secret) throws {
    switch RevocationAnswer.classify(answer, withholding: [secret]) {
    case .revoked: try promise("only a success revokes", 200..<300 ~= answer.status)
    case .temporary: try promise("busy is busy", answer.status == 429 || answer.status == 503)
    case .misconfigured(let response): try check(response, withholding: secret)
    case .alreadyInvalid: try promise("a refusal says so", 400..<500 ~= answer.status)
    case .unknown: break
    }
  }

  private static func checkAccount(_ answer: ServerAnswer) throws {
    let (account, refusal) = (Account.parse(answer), AccountRefusal.parse(answer))
    try promise("an answer names an account or refuses it", (account == nil) != (refusal == nil))
    try checkShown(account?.username ?? "", limit: 50)
    try checkShown(refusal?.detail ?? "", limit: 200)
  }

  private static func checkShown(_ text: String, limit: Int) throws {
    try promise("a server's words are short", text.unicodeScalars.count <= limit)
    try promise(
      "a server's words move no cursor",
      text.unicodeScalars.allSatisfy {
        ![.control, .format, .lineSeparator].contains($0.properties.generalCategory)
      })
  }
}
