import OAuth

/// What the bridge says to the person who reads the client's log.
enum BridgeWords {
  static let mayHaveHappened = "it may have been carried out; it was not sent again"
  static let notSent = "it was not sent"
}

extension MCPServer.Reply {
  /// Why it isn't an answer.
  var lack: String {
    if exchange.status != 0, !exchange.isSuccess { return refusal }
    if exchange.isTooLong {
      return "the server's answer is longer than \(MCPExchange.limit >> 20) MiB"
    }
    if let failureWords { return failureWords }
    if exchange.isStream || exchange.content.isEmpty {
      return "the server's answer (HTTP \(exchange.status)) ended without a response"
    }
    let type = sanitized(exchange.mediaType, limit: 60)
    return
      "the server answered with \(type.isEmpty ? "something else" : type), not a JSON-RPC response"
  }

  /// The same of a client's request, and whether it may have been carried out.
  var lackOfResponse: String {
    let isRefused = (300..<500).contains(exchange.status)
    if isRefused { return lack }
    let mayHaveHappened = exchange.status != 0 || failure?.mayHaveReachedServer != false
    return "\(lack); \(mayHaveHappened ? BridgeWords.mayHaveHappened : BridgeWords.notSent)"
  }

  /// A status that is no success, with the server's own reason.
  private var refusal: String {
    let answer = ServerAnswer(
      status: exchange.status, headers: exchange.headers, body: exchange.content)
    let reason = answer.reason(withholding: [token]).map { ": \"\($0)\"" } ?? ""
    let isRedirect = (300..<400).contains(exchange.status)
    return "the server answered HTTP \(exchange.status)\(reason)"
      + (isRedirect ? "; redirects are not followed" : "")
  }
}
