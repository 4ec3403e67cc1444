import Callback
import CommandTable
import OAuth

/// What a login needs to receive its callback.
struct CallbackSettings: Sendable {
  /// The redirect URI, by its parts.
  let redirect: RedirectURI
  /// Where to listen instead of where the redirect URI points; nil: there.
  let listen: Setting?
  /// The certificate and its key; nil: plain HTTP.
  let tls: TLSFiles?
  /// How long to wait for the person, in seconds.
  let timeout: Int

  /// Whether somebody else does the TLS: https, and no certificate to do it with.
  var isBehindProxy: Bool { redirect.scheme == .https && tls == nil }

  /// Where to listen.
  func listenPlan() throws(ListenFailure) -> ListenPlan {
    try ListenEndpoint.resolve(
      host: redirect.host, port: redirect.port, listen: listen?.text, behindProxy: isBehindProxy)
  }

  /// The two PEM files, as absolute paths.
  struct TLSFiles: Sendable, Equatable {
    let certificate: String
    let key: String
  }

  static let standardHost = "127.0.0.1"
  static let standardPort = 8976
  static let standardPath = "/oauth/callback"
  static let standardTimeout = 300
  /// A day: whoever waits longer has forgotten the window.
  static let longestTimeout = 86_400
}

extension Settings {
  /// The callback's settings, checked.
  func callback() throws(Failure) -> CallbackSettings {
    let tls = try tlsFiles()
    let host = try setting(.callbackHost)
    let path = try setting(.callbackPath)
    let redirect: RedirectURI
    do {
      redirect = try RedirectURI(
        scheme: try callbackScheme(hasCertificate: tls != nil),
        host: host?.text ?? CallbackSettings.standardHost,
        port: try number(.callbackPort, in: 1...65535) ?? CallbackSettings.standardPort,
        path: path?.text ?? CallbackSettings.standardPath)
    } catch let failure as RedirectURIFailure {
      throw .redirect(failure)
    } catch {
      throw Failure(error)
    }
    return CallbackSettings(
      redirect: redirect, listen: try setting(.callbackListen), tls: tls,
      timeout: try timeout())
  }

  private func tlsFiles() throws(Failure) -> CallbackSettings.TLSFiles? {
    let certificate = try setting(.certificateFile)
    let key = try setting(.keyFile)
    guard let certificate, let key else {
      if let lonely = certificate ?? key { throw .settings(.halfOfTLS(lonely)) }
      return nil
    }
    return .init(certificate: absolute(certificate.text), key: absolute(key.text))
  }

  /// Relative to the folder of `.env`, whatever folder the program was called in.
  private func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    let folder = file.target.path.split(separator: "/").dropLast().joined(separator: "/")
    return "/" + (folder.isEmpty ? path : "\(folder)/\(path)")
  }

  private func callbackScheme(hasCertificate: Bool) throws(Failure) -> RedirectURI.Scheme {
    guard let setting = try setting(.callbackScheme) else { return hasCertificate ? .https : .http }
    switch setting.text.lowercased() {
    case "https": return .https
    case "http" where hasCertificate: throw .settings(.certificateWithoutTLS(setting))
    case "http": return .http
    default: throw .settings(.unknownScheme(setting))
    }
  }

  /// `--timeout`, the setting, or the default; both are durations.
  private func timeout() throws(Failure) -> Int {
    guard let setting = try setting(.callbackTimeout) else {
      return CallbackSettings.standardTimeout
    }
    guard let seconds = DurationText.seconds(setting.text),
      (1...CallbackSettings.longestTimeout).contains(seconds)
    else { throw .settings(.timeoutOutOfRange(setting)) }
    return seconds
  }

  private func number(
    _ name: SettingName, in range: ClosedRange<Int>
  ) throws(Failure) -> Int? {
    guard let setting = try setting(name) else { return nil }
    guard let number = Int(setting.text), range.contains(number) else {
      throw .settings(.outOfRange(setting, range))
    }
    return number
  }
}
