import HTTP
import Rotation
import OAuth

extension Doctor {
  /// In seconds: how far apart the clocks of two machines may be although NTP sets both.
  private static let tolerance = 60

  /// Where the credentials would be sent.
  func endpoint(_ settings: Settings) -> [Finding] {
    do {
      // If the client can't be used, its own check says so.
      let client = try? settings.client(savingInFile: settings.willSaveInFile)
      let sources = [client?.source].compactMap { $0 }
      let isForeign = !settings.willSaveInFile
      let endpoints = try settings.endpoints(
        sending: sources + (isForeign ? [.environment] : []))
      guard let host = endpoints.foreignHost else {
        return [.fine(.endpoint, "credentials go to \(endpoints.host)")]
      }
      return [
        .warning(
          .endpoint, "credentials go to \(host), not to X (\(endpoints.api.source))",
          cure: "remove X_API_BASE_URL to use X itself")
      ]
    } catch {
      return [.failed(.endpoint, Failure(error))]
    }
  }

  /// The proxy that the credentials would pass.
  func proxy(_ settings: Settings) -> [Finding] {
    guard let endpoints = try? settings.endpoints(sending: []) else { return [] }
    do {
      let choice = try ProxyChoice(to: endpoints.api.text, environment: context.environment.all)
      guard case .through(let host) = choice else { return [] }
      return [.fine(.proxy, "\(endpoints.host) is reached through \(host)")]
    } catch {
      return [.failed(error.cause == .unsupportedURL ? .endpoint : .proxy, error.report)]
    }
  }

  /// Whether X can be reached, and whether its clock agrees. Sends no credentials.
  func network(_ settings: Settings) -> [Finding] {
    let endpoints: Endpoints
    let network: Network
    do {
      endpoints = try settings.endpoints(sending: [])
      network = try context.openNetwork()
    } catch {
      return [.failed(.network, Failure(error))]
    }
    let request = HTTPRequest(
      method: .get, url: Account.url(api: endpoints.api.text),
      headers: [HTTPRequest.userAgent])
    let answer: HTTPResponse
    do { answer = try network.send(request, Rotation.requestDeadline) } catch {
      return [.failed(.network, error.report)]
    }
    guard answer.status < 500 else {
      return [
        .warning(
          .network, "\(endpoints.host) answers with HTTP \(answer.status)", cure: "try again later")
      ]
    }
    return [.fine(.network, "\(endpoints.host) answers")] + skew(answer, endpoints.host)
  }

  private func skew(_ answer: HTTPResponse, _ host: String) -> [Finding] {
    guard let theirs = answer.headers["date"].flatMap(HTTPDate.epochSeconds) else { return [] }
    let difference = context.clock.now() - theirs
    guard abs(difference) > Self.tolerance else { return [] }
    let direction = difference > 0 ? "ahead of" : "behind"
    return [
      .failed(
        .clock, "this clock is \(Spans.words(abs(difference))) \(direction) \(host)'s",
        cure: "set the clock: every expiry is computed with it")
    ]
  }
}
