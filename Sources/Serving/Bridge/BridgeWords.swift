import Glibc
import HTTP
import OAuth

/// What the bridge says to the person who reads the client's log.
enum BridgeWords {
  static let mayHaveHappened = "it may have been carried out; it was not sent again"
  static let notSent = "it was not sent"

  /// Why a request has no answer: an error of its own, or what came in place of one.
  static func lack(_ reply: MCPServer.Reply) -> String {
    let exchange = reply.exchange
    if exchange.status != 0, !exchange.isSuccess { return refusal(reply) }
    if exchange.isTooLong {
      return
        "the server's answer is longer than \(MCPExchange.messageLimit >> 20) MiB; \(mayHaveHappened)"
    }
    if let failure = reply.failure {
      return "\(words(failure)); \(failure.mayHaveReachedServer ? mayHaveHappened : notSent)"
    }
    if exchange.isStream || exchange.content.isEmpty {
      return
        "the server's answer (HTTP \(exchange.status)) ended without a response; \(mayHaveHappened)"
    }
    let type =
      exchange.mediaType.isEmpty ? "something else" : sanitized(exchange.mediaType, limit: 60)
    return "the server answered with \(type) instead of a JSON-RPC response; \(mayHaveHappened)"
  }

  /// A status that is a refusal, with the server's own reason.
  static func refusal(_ reply: MCPServer.Reply) -> String {
    let exchange = reply.exchange
    let answer = ServerAnswer(
      status: exchange.status, headers: exchange.headers, body: exchange.content)
    let reason = answer.reason(withholding: [reply.token]).map { ": \"\($0)\"" } ?? ""
    let refusal = "the server answered HTTP \(exchange.status)\(reason)"
    if (300..<400).contains(exchange.status) { return "\(refusal); redirects are not followed" }
    return exchange.status >= 500 ? "\(refusal); \(mayHaveHappened)" : refusal
  }

  private static func words(_ failure: HTTPFailure) -> String {
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
