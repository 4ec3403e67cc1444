import Glibc
import HTTP
import OAuth

/// What the bridge says to the person who reads the client's log.
enum BridgeWords {
  static let mayHaveHappened = "it may have been carried out; it was not sent again"
  static let notSent = "it was not sent"

  fileprivate static func words(_ failure: HTTPFailure) -> String {
    let host = failure.host
    return switch failure.cause {
    case .noSuchHost: "the name \(host) can't be resolved"
    case .refused: "\(host) refused the connection"
    case .unreachable: "there is no route to \(host)"
    case .notConnected(let errno): "can't connect to \(host): \(String(cString: strerror(errno)))"
    case .connectTimedOut(let seconds): "no connection to \(host) within \(Int(seconds)) s"
    case .timedOut(let seconds): "no answer from \(host) within \(Int(seconds)) s"
    case .connectionLost: "the connection to \(host) was lost before the answer was complete"
    case .certificateExpired: "the certificate of \(host) has expired"
    case .certificateNotYetValid: "the certificate of \(host) is not valid yet"
    case .certificateNotTrusted: "the certificate of \(host) is not trusted"
    case .certificateForAnotherHost: "the certificate of \(host) is for another host"
    case .tlsFailed: "no TLS connection to \(host)"
    case .proxyMalformed(let variable): "the proxy in \(variable) is malformed"
    case .proxyWantsLogin(let variable, _, _): "the proxy in \(variable) asks for a login"
    case .proxyRefused(let status): "the proxy answered HTTP \(status)"
    case .proxyFailed: "the proxy \(failure.proxy ?? "") can't be reached"
    case .notHTTP: "what answers at \(host) doesn't speak HTTP"
    case .unsupportedURL: "the server's URL is not a valid http or https URL"
    case .caFileUnreadable(let path): "the CA file \(sanitized(path)) can't be read"
    case .tooLarge, .other: "the request to \(host) failed: \(failure.detail)"
    }
  }
}

extension MCPServer.Reply {
  /// Why it isn't an answer.
  var lack: String {
    if exchange.status != 0, !exchange.isSuccess { return refusal }
    if exchange.isTooLong {
      return "the server's answer is longer than \(MCPExchange.limit >> 20) MiB"
    }
    if let failure { return BridgeWords.words(failure) }
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
