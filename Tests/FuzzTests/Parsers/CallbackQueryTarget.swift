@testable import Callback
@testable import OAuth

extension FuzzTarget {
  /// A query, by itself and in a request for the callback.
  static let callbackQuery = FuzzTarget(name: "callback-query") { input in
    let query = input.text
    let pairs = FormQuery.parse(query)
    // Two readers that share no code.
    let parameters = FormParameter.parse(query)
    try promise(
      "both readers of forms see the same",
      pairs.count == parameters.count
        && zip(pairs, parameters).allSatisfy {
          $0.name == $1.name.text && $0.value == $1.value.text
        })
    let written = FormParameter.parse(FormParameter.encode(parameters))
    try promise("parameters are read as they are written", written == parameters)
    try checkRequest(input.filter { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
  }

  private static func checkRequest(_ query: [UInt8]) throws {
    for method in ["GET", "HEAD"] {
      let line = "\(method) \(FuzzedLogin.path)?\(query.text) HTTP/1.1\r\n"
      let result = RequestHead.parse(Array("\(line)Host: \(FuzzedLogin.host)\r\n\r\n".utf8))
      guard case .head(let head) = result else {
        throw BrokenPromise(description: "visible characters make a request")
      }
      try promise("a query is what was sent", head.query == query.text)
      let decision = CallbackDecision.decide(head, expecting: try FuzzedLogin.expectation())
      try promise("HEAD consumes nothing", method == "GET" || !FuzzedLogin.isDecided(decision))
      try check(decision, by: FormParameter.parse(query.text))
    }
  }

  private static func check(_ decision: CallbackDecision, by parameters: [FormParameter]) throws {
    func values(_ name: String) -> [String] {
      parameters.filter { $0.name == Array(name.utf8) }.map(\.value.text)
    }
    switch decision {
    case .authorized(let code):
      try promise("no code without this login's state", values("state") == [FuzzedLogin.state])
      try promise("a code is the only one", values("code") == [code] && isCode(code))
      try promise("a code comes without an error", values("error").allSatisfy(\.isEmpty))
    case .denied(let error, _):
      try promise("no denial without this login's state", values("state") == [FuzzedLogin.state])
      try promise("an error is the only one", values("error") == [error] && !error.isEmpty)
    case .returned:
      try promise("the outcome is for this login's browser", values("state") == [FuzzedLogin.state])
      try promise("with neither", values("code").isEmpty && values("error").isEmpty)
    case .respondEmpty:
      try promise("nor is HEAD believed without it", values("state") == [FuzzedLogin.state])
    case .start:
      try promise("no start address without one to expect", false)
    case .refuse(let refusal):
      try promise("the rest is no callback", [.notThisLogin, .malformedResponse].contains(refusal))
    }
  }
}
