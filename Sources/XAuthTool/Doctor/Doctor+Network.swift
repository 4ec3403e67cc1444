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
      let elsewhere = [
        endpoints.foreignHostNotice.map {
          Finding.warning(.endpoint, $0, cure: "remove X_API_BASE_URL to use X itself")
        },
        endpoints.foreignPageNotice.map {
          Finding.warning(.endpoint, $0, cure: "remove X_OAUTH2_AUTHORIZE_URL to use X itself")
        },
      ].compactMap(\.self)
      return elsewhere.isEmpty
        ? [.fine(.endpoint, "credentials go to \(endpoints.host)")] : elsewhere
    } catch {
      return [.failed(.endpoint, Failure(error))]
    }
  }

  /// The proxy that the credentials would pass.
  func proxy(_ settings: Settings) -> [Finding] {
    guard let endpoints = try? settings.endpoints(sending: []) else { return [] }
    do {
      let host = try LocalChecks(context: context).proxy(to: endpoints)
      return host.map { [.fine(.proxy, "\(endpoints.host) is reached through \($0)")] } ?? []
    } catch {
      return [.failed(.proxy, error)]
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
