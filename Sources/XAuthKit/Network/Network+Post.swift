import HTTP
import OAuth

extension HTTPRequest {
  /// The header that says which program asks (RFC 9110 §10.1.5).
  static let userAgent = (name: "User-Agent", value: "xauth/\(Release.version)")
}

extension Network {
  /// Sends a request to the token endpoint and keeps of the answer what matters.
  func post(
    _ request: TokenEndpointRequest, deadline: Double
  ) throws(HTTPFailure) -> ServerAnswer {
    var headers = [
      (name: "Content-Type", value: TokenEndpointRequest.contentType),
      (name: "Accept", value: "application/json"),
      HTTPRequest.userAgent,
    ]
    if let authorization = request.authorization {
      headers.append((name: "Authorization", value: authorization.reveal()))
    }
    let response = try send(
      HTTPRequest(
        method: .post, url: request.url, headers: headers,
        body: [UInt8](request.body.reveal().utf8)),
      deadline)
    return ServerAnswer(response)
  }
}

extension ServerAnswer {
  init(_ response: HTTPResponse) {
    self.init(status: response.status, headers: response.headers, body: response.body)
  }
}
