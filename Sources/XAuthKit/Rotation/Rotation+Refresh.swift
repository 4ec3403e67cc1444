import HTTP
import OAuth

extension Rotation {
  /// Step 6: sends the file's refresh token. A second try is made only when the first provably never
  /// left.
  func send(
    _ refreshToken: Secret, on network: Network, _ locked: inout LockedGrant
  ) throws(Failure) -> ServerAnswer {
    let request = TokenEndpointRequest.refresh(
      api: endpoints.api.text, client: client, refreshToken: refreshToken)
    let start = context.clock.uptime()
    do {
      return try network.post(request, deadline: Self.requestDeadline)
    } catch  where !error.mayHaveReachedServer {
      console.detail("\(error.report.message); trying once more")
      context.clock.sleep(0.5)
    } catch {
      throw .network(error, spent: .unknown)
    }
    do {
      let left = Self.requestDeadline - (context.clock.uptime() - start)
      return try network.post(request, deadline: max(1, left))
    } catch {
      // Only this attempt is taken back: an older one whose outcome is unknown stays unknown.
      if !error.mayHaveReachedServer { locked.takeBack() }
      throw .network(error, spent: error.mayHaveReachedServer ? .unknown : .no)
    }
  }

  /// Step 8: saves what was granted, or says what the answer means. Nothing but a grant changes the
  /// file.
  func finish(
    _ answer: TokenAnswer, _ locked: inout LockedGrant
  ) throws(Failure) -> Renewal {
    locked.settle(answer)
    switch answer {
    case .granted(let issued):
      if try locked.saveNewest() == .saved { return .renewed(locked.grant, IssuedNotes(issued)) }
      // Somebody has logged in with another program: theirs is the grant that counts now.
      guard locked.grant.serves(at: context.clock.now()) else {
        throw .notSaved(.anotherGrantInFile, recovery: locked.recoveryPath)
      }
      locked.setAside(telling: console)
      return .byAnother(try locked.fitGrant())
    case .loginNeeded(let response):
      // A program without our lock may have renewed meanwhile: then its grant is the answer.
      try locked.lookAgain()
      if locked.recovery == .goOn, locked.grant.serves(at: context.clock.now()) {
        return .byAnother(try locked.fitGrant())
      }
      throw .login(.refused(response))
    case .misconfigured(let response): throw .client(response, client)
    case .temporary(let advice):
      throw .temporary(.busy(advice, host: endpoints.host, now: context.clock.now()))
    case .outcomeUnknown(let reason):
      throw .temporary(
        .unusableAnswer(reason, host: endpoints.host, kept: locked.unreadableAnswerPath))
    }
  }
}
