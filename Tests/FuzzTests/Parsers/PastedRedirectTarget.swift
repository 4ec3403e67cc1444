import Callback

extension FuzzTarget {
  /// What somebody pastes.
  static let pastedRedirect = FuzzTarget(name: "pasted-redirect") { input in
    let text = input.text
    let result = PastedRedirect.parse(text, expecting: FuzzedLogin.state)
    let elsewhere = PastedRedirect.parse(text, expecting: FuzzedLogin.otherState)
    switch result {
    case .code(let code):
      try promise("a code has a code's characters", isCode(code))
      try promise("a state is of one login", [.wrongState, .incomplete].contains(elsewhere))
    case .bareCode(let code):
      try promise("a bare code has a code's characters", isCode(code) && code.utf8.count >= 20)
      try promise("only a bare code comes without a state", isBare(text))
      try promise(
        "a bare code may be of any login but the one whose state it holds",
        elsewhere == result || code.contains(FuzzedLogin.otherState))
    case .denied:
      try promise("a denial is of one login", [.wrongState, .incomplete].contains(elsewhere))
    case .wrongState, .incomplete, .authorizationRequest, .notARedirect: break
    }
    try promise(
      "without a state to expect there is only the bare code",
      isBareOrNothing(PastedRedirect.parse(text, expecting: ""), like: result))
    try promise(
      "quotes and whitespace around it are forgiven",
      PastedRedirect.parse(" \"<\(text)>\"\r\n", expecting: FuzzedLogin.state) == result)
  }

  /// Of several lines, one is enough.
  private static func isBare(_ text: String) -> Bool {
    isBareLine(text) || text.split(whereSeparator: \.isNewline).contains { isBareLine(String($0)) }
  }

  private static func isBareLine(_ text: String) -> Bool {
    let body = Array(text.utf8.prefix { $0 != UInt8(ascii: "#") }).text
    return !body.utf8.contains { "?&".utf8.contains($0) } && !body.contains("://")
      || body.contains("code") && !body.contains("state")
  }

  private static func isBareOrNothing(
    _ result: PastedRedirect, like expected: PastedRedirect
  ) -> Bool {
    switch result {
    // A login's own state is no code to it.
    case .bareCode(let code):
      result == expected || expected == .notARedirect && code.contains(FuzzedLogin.state)
    case .code, .denied: false
    case .wrongState, .incomplete, .authorizationRequest, .notARedirect: true
    }
  }
}
