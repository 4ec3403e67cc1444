/// Client authentication (RFC 6749 §2.3 and §3.2.1), as strict as X.
extension AuthorizationServer {
  /// Refuses a caller that isn't the registered client, or authenticates as the other type would.
  func authenticate(_ form: Form, _ turn: Turn) throws(Refusal) {
    let presented = turn.request.values(of: "Authorization")
    let refusal = Refusal.unauthorizedClient(challenged: !presented.isEmpty)
    // X takes the secret in the header only.
    guard try form.value("client_secret") == nil else { throw refusal }
    let id = try form.value("client_id")
    if client.isConfidential {
      guard presented.count == 1, client.isAuthenticated(by: presented[0]),
        id?.isByteForByte(client.id) ?? true
      else { throw refusal }
    } else {
      guard presented.isEmpty else { throw refusal }
      guard let id else { throw .missingParameter("client_id") }
      guard id.isByteForByte(client.id) else { throw refusal }
    }
  }
}
