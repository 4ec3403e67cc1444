import HTTP
import Rotation
import OAuth

extension Doctor {
  /// Seconds by which clocks of machines that set them by the network may differ.
  private static let tolerance = 60

  /// Whether X can be reached, and what time it is there. Sends no credentials.
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
      return [.failed(.network, FailureReport(error))]
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
