import HTTP

/// What a client is told when there is no answer of X's.
struct ForwardingProblem: Equatable {
  let status: Int
  let words: String

  /// The problem with a request that was given up; nil where nobody is left to be told.
  init?(_ reason: ForwardedExchange.Failure) {
    switch reason {
    case .clientGone, .body(.clientGone): return nil
    case .body(.stalled): self.init(408, "the body of the request stopped coming")
    case .body(.malformed): self.init(400, "the body of the request is not in valid chunks")
    case .stalled: self.init(504, "the answer stopped coming")
    }
  }

  /// The problem with a request that X didn't answer.
  init(_ failure: HTTPFailure) {
    self.init(
      failure.isTimeout ? 504 : 502,
      failure.phrase
        + (failure.mayHaveReachedServer
          ? ". The request may have been carried out; it was not sent again."
          : "; the request was not sent"))
  }

  private init(_ status: Int, _ words: String) { (self.status, self.words) = (status, words) }
}

extension HTTPFailure {
  fileprivate var isTimeout: Bool {
    switch cause {
    case .timedOut, .connectTimedOut: true
    default: false
    }
  }

  /// What went wrong, for the caller of the request. How to mend it stands in the tool's own messages.
  fileprivate var phrase: String {
    let way = proxy.map { "\(host) through the proxy \($0)" } ?? host
    return switch cause {
    case .noSuchHost: "the name \(host) can't be resolved"
    case .refused: "can't connect to \(host) (connection refused)"
    case .unreachable: "there is no route to \(host)"
    case .notConnected: "no connection to \(way) could be made"
    case .connectTimedOut(let seconds): "no connection to \(way) within \(Int(seconds)) s"
    case .timedOut(let seconds): "no answer from \(way) within \(Int(seconds)) s"
    case .certificateExpired: "the certificate of \(host) has expired"
    case .certificateNotYetValid: "the certificate of \(host) is not valid yet"
    case .certificateNotTrusted:
      "the certificate of \(way) is signed by an authority that this machine doesn't know"
    case .certificateForAnotherHost: "the certificate that \(way) shows is for another host"
    case .tlsFailed: "no secure connection to \(way) could be made"
    case .proxyMalformed(let variable): "\(variable) does not hold the address of a proxy"
    case .proxyWantsLogin: "the proxy \(proxy ?? "") requires a user and a password"
    case .proxyRefused(let status):
      "the proxy \(proxy ?? "") does not connect to \(host) (HTTP \(status))"
    case .proxyFailed: "the proxy \(proxy ?? "") can't be used"
    case .connectionLost: "the connection to \(way) broke before the answer"
    case .tooLarge: "the head of \(host)'s answer is too large"
    case .notHTTP: "what answers at \(way) doesn't speak HTTP"
    case .unsupportedURL: "the URL can't be used"
    case .caFileUnreadable(let path): "the certificate authorities in \(path) can't be read"
    case .other: "the request to \(way) failed"
    }
  }
}
