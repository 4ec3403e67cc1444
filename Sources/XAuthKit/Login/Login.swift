import Rotation
import Callback
import OAuth

/// One login: what was decided before a person was asked for anything.
struct Login: Sendable {
  let call: Call
  let rotation: RotationRun
  let callback: CallbackSettings
  let scopes: Scopes
  /// Whether a renewal will find the client's credentials where this login did.
  let keepsClient: Bool
  /// Ties the callback to this login (RFC 6749 §10.12).
  let state: String
  let pkce: PKCE

  /// Checks all settings and makes state and PKCE.
  init(_ call: Call) throws(Failure) {
    let settings = try call.settings()
    try Self.refuseToCreateUnasked(settings, call)
    let (client, isKept) = try FirstRun.client(call, settings)
    keepsClient = isKept
    self.call = call
    callback = try settings.callback()
    scopes = try settings.requestedScopes()
    rotation = try RotationRun(
      inFile: settings, call, client.credentials,
      try settings.endpoints(sending: [client.source]))
    // 256 bits each: RFC 7636 §4.1 for the verifier, far beyond RFC 6749 §10.10 for the state.
    state = Base64URL.encode(try call.context.randomBytes(32))
    do { pkce = try PKCE(randomBytes: try call.context.randomBytes(32)) } catch {
      throw Failure(error)
    }
  }

  /// A `.env` that appears in whatever folder a script happened to run in surprises people: without
  /// a terminal the file must be there, or be named.
  private static func refuseToCreateUnasked(_ settings: Settings, _ call: Call) throws(Failure) {
    guard !settings.file.exists, settings.file.namedBy == nil, !call.context.terminal.isInteractive
    else { return }
    throw .settings(.fileNotNamed(path: settings.file.target.path))
  }

  /// Where the browser is sent (RFC 6749 §4.1.1, RFC 7636 §4.3).
  var address: String {
    AuthorizationRequest(
      endpoint: rotation.endpoints.authorize.text, clientID: rotation.client.id,
      redirectURI: callback.redirect.uri, scopes: scopes, state: state, pkce: pkce
    ).url
  }

  /// What the token endpoint needs to turn a code into tokens.
  func exchange(of arrival: Arrival) -> CodeExchange {
    CodeExchange(
      code: arrival.code, redirectURI: callback.redirect.uri, verifier: pkce.verifier)
  }

  /// Whose grant it is. Best effort: nothing depends on it, and X refuses it to apps that aren't
  /// enrolled though their tokens are good.
  func account(of grant: Grant, on network: Network) -> AccountAnswer {
    guard let token = grant.accessToken else { return .unknown(nil) }
    return AccountAnswer.ask(rotation.endpoints, token, on: network, deadline: 5)
  }
}
