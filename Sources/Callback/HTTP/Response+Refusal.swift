extension Response {
  /// What is said to a request that isn't the callback. Nothing of the request comes back in it.
  init(refusing refusal: CallbackDecision.Refusal) {
    let status = refusal.status
    switch refusal {
    case .notThisLogin:
      self.init(.notThisLogin)
    case .methodNotAllowed:
      self.init(status: status, text: "Only GET and HEAD are answered here.")
    case .malformedHost:
      self.init(status: status, text: "The request needs exactly one Host field.")
    case .foreignHost:
      self.init(
        status: status,
        text: "This isn't the host that the login waits for. Open the address exactly as it is "
          + "registered; a proxy in between has to pass the Host field on unchanged.")
    case .otherPath:
      self.init(status: status, text: "There is nothing at this address.")
    case .malformedResponse:
      self.init(status: status, text: "There is neither one code nor one error in this address.")
    }
  }

  /// What is said to bytes that aren't a request.
  init(malformed status: Int) {
    switch status {
    case 431: self.init(status: status, text: "The request is too large.")
    case 505: self.init(status: status, text: "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    default: self.init(status: status, text: "This isn't an HTTP request.")
    }
  }

  /// What is said to a plain request where TLS is expected.
  static let speaksHTTPS = Response(
    status: 400, text: "This address speaks https: open it with https:// instead of http://.")
}
