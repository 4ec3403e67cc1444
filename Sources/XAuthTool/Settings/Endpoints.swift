import Callback
import FoundationEssentials
import HTTP
import Rotation

/// X's addresses, or those of a stand-in.
struct Endpoints: Sendable, Equatable {
  /// The base of the token, revocation and account endpoints.
  let api: Setting
  /// The page that the browser is sent to.
  let authorize: Setting

  static let standardAPI = Rotation.standardAPI
  static let standardAuthorize = "https://x.com/i/oauth2/authorize"

  /// The host that gets the credentials, with its port if the address names one.
  var host: String { Self.host(of: api) }

  /// The host of an address, with its port if there is one.
  static func host(of address: Setting) -> String { host(of: address.text) }

  /// The same of an address alone.
  static func host(of address: String) -> String {
    let parts = URLComponents(string: address)
    guard let host = parts?.host else { return address }
    return parts?.port.map { "\(host):\($0)" } ?? host
  }

  /// The same if it isn't X's; nil if it is. Each command that sends credentials there says so.
  var foreignHost: String? { api.text == Self.standardAPI ? nil : host }
}

extension Endpoints {
  /// The address of a server that gets the access token, as it was typed; without a slash at its end.
  static func checkedUpstream(_ text: String) throws(Failure) -> String {
    guard HTTPRequest.canBeSent(to: text), let parts = URLComponents(string: text),
      parts.fragment == nil, parts.query == nil
    else { throw .serving(.notURL(text)) }
    guard parts.isSafeForSecrets else { throw .serving(.notSecure(text)) }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }
}

extension Settings {
  /// The endpoints, checked.
  ///
  /// Write access to a project's `.env` must not be enough to redirect credentials that come from the
  /// user's environment, so such an endpoint is refused.
  ///
  /// - Parameter secrets: the sources of the secrets that would be sent there.
  func endpoints(sending secrets: [SettingSource]) throws(Failure) -> Endpoints {
    let api = try endpoint(.apiBaseURL, standard: Endpoints.standardAPI)
    let authorize = try endpoint(.authorizeURL, standard: Endpoints.standardAuthorize)
    for (endpoint, standard) in [
      (api, Endpoints.standardAPI), (authorize, Endpoints.standardAuthorize),
    ] {
      guard case .file = endpoint.source, endpoint.text != standard else { continue }
      if secrets.contains(.environment) { throw .settings(.endpointFromElsewhere(endpoint)) }
    }
    return Endpoints(api: api, authorize: authorize)
  }

  /// Whether it is the address of a proxy of ours: what renews the proxy's token mustn't go through it,
  /// and once the proxy has ended, anybody on this machine may be listening there.
  private func isOwnProxy(_ setting: Setting) -> Bool {
    setting.name == .apiBaseURL && ProxyAddress(setting.text) != nil
  }

  private func endpoint(_ name: SettingName, standard: String) throws(Failure) -> Setting {
    guard let found = try setting(name), !isOwnProxy(found) else {
      return Setting(name: name, text: standard, source: .standard)
    }
    guard HTTPRequest.canBeSent(to: found.text), let parts = URLComponents(string: found.text),
      parts.fragment == nil, name != .apiBaseURL || parts.query == nil
    else { throw .settings(.endpointNotURL(found)) }
    guard parts.isSafeForSecrets else { throw .settings(.endpointNotSecure(found)) }
    guard name == .apiBaseURL, found.text.hasSuffix("/") else { return found }
    return Setting(name: name, text: String(found.text.dropLast()), source: found.source)
  }
}

extension URLComponents {
  /// Whether nobody can read on the way what is sent there: over https, or to this machine.
  var isSafeForSecrets: Bool {
    guard let host, !host.isEmpty else { return false }
    let bare =
      host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    let scheme = scheme?.lowercased()
    return scheme == "https" || (scheme == "http" && RedirectURI.isLoopback(bare))
  }
}
