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

  /// The problem with a request that X didn't answer, for the reason that `words` tell.
  init(_ failure: HTTPFailure, _ words: String) {
    let status =
      switch failure.cause {
      case .timedOut, .connectTimedOut: 504
      default: 502
      }
    self.init(
      status,
      failure.mayHaveReachedServer
        ? "\(words); the request may have been carried out, and was not sent again"
        : "\(words); the request was not sent")
  }

  private init(_ status: Int, _ words: String) { (self.status, self.words) = (status, words) }
}
