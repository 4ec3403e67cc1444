@testable import Callback

extension FuzzTarget {
  /// The first bytes that a stranger sends to the listener.
  static let requestHead = FuzzTarget(name: "request-head") { input in
    let result = RequestHead.parse(input)
    for cut in [input.count / 2, max(0, input.count - 1)] {
      let earlier = RequestHead.parse(Array(input[..<cut]))
      try promise("more bytes don't change a verdict", earlier == .incomplete || earlier == result)
    }
    let strict = RequestHead.parse(input, allowsBareLF: false)
    try promise(
      "strictness only refuses", strict == result || strict == .malformed(status: 400))
    if case .head(let head) = strict {
      let lines = input[..<head.byteCount].split(separator: 0x0A, omittingEmptySubsequences: false)
      try promise("each line ends in CR LF", lines.dropLast().allSatisfy { $0.last == 0x0D })
    }
    switch result {
    case .incomplete: break
    case .malformed(let status): try promise("a refusal is 400, 431 or 505", isRefusal(status))
    case .head(let head):
      try check(head, of: input)
      let followed = RequestHead.parse(input + Array("GET / HTTP/1.1\r\n".utf8))
      try promise("what follows is left alone", followed == result)
      try checkDecision(head)
    }
  }

  private static func isRefusal(_ status: Int) -> Bool { [400, 431, 505].contains(status) }

  private static func check(_ head: RequestHead, of input: [UInt8]) throws {
    try promise("a method is a token", !head.method.isEmpty && !head.method.contains(" "))
    try promise("a target is visible", head.target.utf8.allSatisfy { 0x21...0x7E ~= $0 })
    try promise("a version is known", ["HTTP/1.0", "HTTP/1.1"].contains(head.version))
    if head.authority == nil, let path = head.path {
      try promise(
        "a target is its path and query", path + (head.query.map { "?\($0)" } ?? "") == head.target)
    }
    try promise("there are at most a hundred fields", head.headers.count <= 100)
    for field in head.headers {
      try promise("a name is a token", !field.name.isEmpty && !field.name.contains(":"))
      try promise(
        "a value breaks no line", !field.value.utf8.contains { $0 < 0x20 && $0 != 9 || $0 == 0x7F })
      try promise(
        "a field is found by its name",
        head.values(of: field.name.uppercased()).contains(field.value)
      )
    }
    // U+FFFD is three bytes for one that isn't UTF-8.
    let size = head.headers.reduce(head.target.utf8.count) {
      $0 + $1.name.utf8.count + $1.value.utf8.count
    }
    try promise("a head is no larger than what was sent", size <= 3 * input.count)
  }

  private static func checkDecision(_ head: RequestHead) throws {
    let decision = CallbackDecision.decide(head, expecting: try FuzzedLogin.expectation())
    let elsewhere = CallbackDecision.decide(
      head, expecting: try FuzzedLogin.expectation(state: FuzzedLogin.otherState))
    try promise(
      "one request can't be for two logins",
      !(FuzzedLogin.isDecided(decision) && FuzzedLogin.isDecided(elsewhere)))
    if FuzzedLogin.isDecided(decision) {
      try promise("only GET decides", head.method == "GET")
      try promise("only our path decides", head.path == FuzzedLogin.path)
      try promise("only our host decides", head.values(of: "host") == [FuzzedLogin.host])
      try promise("a query decides", head.query != nil)
    }
    if case .authorized(let code) = decision {
      try promise("a code has a code's characters", isCode(code))
    }
    if case .refuse(let refusal) = decision {
      let response = Response(refusing: refusal)
      try promise("a refusal is small", response.bytes.count < 16 << 10)
    }
  }
}
