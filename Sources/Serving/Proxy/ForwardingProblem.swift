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

  /// The problem with a request that X didn't answer. How to mend it is for the tool to say, whose
  /// failure it is as well.
  init(_ failure: HTTPFailure) {
    let way = failure.proxy.map { "\(failure.host) through the proxy \($0)" } ?? failure.host
    let what: (status: Int, words: String) =
      switch failure.cause {
      case .timedOut(let seconds): (504, "no answer from \(way) within \(Int(seconds)) s")
      case .connectTimedOut(let seconds): (504, "no connection to \(way) within \(Int(seconds)) s")
      case .refused: (502, "\(way) refused the connection")
      case .connectionLost: (502, "the connection to \(way) broke before the answer")
      default: (502, "the request to \(way) failed: \(failure.detail)")
      }
    self.init(
      what.status,
      failure.mayHaveReachedServer
        ? "\(what.words). The request may have been carried out; it was not sent again."
        : "\(what.words); the request was not sent")
  }

  private init(_ status: Int, _ words: String) { (self.status, self.words) = (status, words) }
}
