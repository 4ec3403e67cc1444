import OAuth

/// What a code's exchange needs beside the client: RFC 6749 §4.1.3 and RFC 7636 §4.5.
struct CodeExchange: Sendable {
  let code: Secret
  let redirectURI: String
  let verifier: Secret
}

extension Rotation {
  /// Seconds to wait for the lock while a code is in hand: with the 12 s of the request it must stay
  /// below the 30 s that a code lives.
  static let lockTimeoutWithCode = 15.0

  /// Makes everything ready for the answer to a code, which isn't spent before.
  ///
  /// The lock is held around exchange and save, not while the person is in the browser: a refresh
  /// that ends between the two would be saved over the login.
  func lockForExchange() throws(Failure) -> LockedGrant {
    var locked = try lock(limit: Self.lockTimeoutWithCode, creating: true)
    // What an earlier run left is finished first, or it would be finished over this login later.
    _ = try locked.recover(telling: console)
    try locked.prove()
    return locked
  }

  /// Exchanges a code and saves the grant that comes of it: the steps of a renewal, since at X a new
  /// grant ends the one in the file.
  ///
  /// From the request on, signals are held back: whoever calls releases them once the browser has its
  /// answer.
  func exchange(
    _ exchange: CodeExchange, on network: Network, under lock: consuming LockedGrant
  ) throws(Failure) -> Renewal {
    var locked = lock
    context.signals.hold(
      "\na grant is being fetched and saved; this ends by itself within seconds\n")
    let request = TokenEndpointRequest.codeExchange(
      api: endpoints.api.text, client: client, code: exchange.code,
      redirectURI: exchange.redirectURI, verifier: exchange.verifier)
    let answer: ServerAnswer
    do { answer = try network.post(request, deadline: Self.requestDeadline) } catch {
      throw .network(error, spent: error.mayHaveReachedServer ? .codeUnknown : .nothingToSpend)
    }
    context.reached(.sent)

    locked.writeLoginAnswer(answer, owingHook: settings.onRotate != nil)
    context.reached(.answerWritten)
    let sorted = TokenAnswer.sort(
      answer, to: .codeExchange,
      withholding: [exchange.code, exchange.verifier] + secrets(of: locked.grant))
    locked.settle(sorted)
    switch sorted {
    case .granted(let issued):
      guard try locked.saveNewest() == .saved else {
        throw .notSaved(.anotherGrantInFile, recovery: locked.recoveryPath)
      }
      return .renewed(locked.grant, IssuedNotes(issued))
    case .loginNeeded(let response): throw .login(.codeRefused(response))
    case .misconfigured(let response): throw .client(response, client)
    case .temporary(let advice):
      throw .temporary(.busy(advice, host: endpoints.host, now: context.clock.now()))
    case .outcomeUnknown(let reason):
      throw .temporary(.noGrantInAnswer(reason, host: endpoints.host))
    }
  }
}
