import HTTP
import OAuth

/// The network as commands see it: one request, one answer.
struct Network: Sendable {
  /// Sends a request within `deadline` seconds in all.
  var send:
    @Sendable (_ request: HTTPRequest, _ deadline: Double) throws(HTTPFailure) -> HTTPResponse
}

extension Network {
  /// libcurl, loaded now.
  static func live(_ environment: Environment) throws(HTTPLibraryUnavailable) -> Network {
    let client = try HTTPClient.open(environment: environment.all)
    return Network(
      send: { request, deadline throws(HTTPFailure) in
        try client.send(request, timeout: deadline)
      })
  }
}
