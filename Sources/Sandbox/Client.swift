import FoundationEssentials

/// The one app registered at the sandbox (RFC 6749 §2).
struct Client: Sendable {
  /// The client identifier.
  let id: String
  /// The redirect URIs, compared exactly.
  let redirectURIs: [String]
  private let secret: String?

  /// An app; without a secret (or with an empty one) it is a public client.
  init(id: String, secret: String? = nil, redirectURIs: [String]) {
    self.id = id
    self.secret = secret.flatMap { $0.isEmpty ? nil : $0 }
    self.redirectURIs = redirectURIs
  }

  /// Whether the app has a secret (RFC 6749 §2.1).
  var isConfidential: Bool { secret != nil }

  /// Whether `uri` is registered, byte for byte.
  func registers(_ uri: String) -> Bool { redirectURIs.contains { $0.isByteForByte(uri) } }

  /// Whether an Authorization header carries this client's credentials: Basic, with id and secret
  /// form-encoded before they were joined (RFC 6749 §2.3.1).
  func isAuthenticated(by authorization: String) -> Bool {
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard let secret, parts.count == 2, parts[0].lowercased() == "basic",
      let joined = Data(base64Encoded: String(parts[1])).map(Array.init),
      let colon = joined.firstIndex(of: UInt8(ascii: ":"))
    else { return false }
    return Form.decode(joined[..<colon]).isByteForByte(id)
      && Form.decode(joined[(colon + 1)...]).isByteForByte(secret)
  }
}

/// The secret is never printed.
extension Client: CustomStringConvertible, CustomReflectable {
  /// The client identifier.
  var description: String { id }
  /// Identifier and redirect URIs.
  var customMirror: Mirror {
    Mirror(self, children: ["id": id, "redirectURIs": redirectURIs])
  }
}
