import Callback
import CommandTable
import OAuth
import Paths

/// What a login needs to receive its callback.
struct CallbackSettings: Sendable {
  /// The redirect URI, made from its parts.
  let redirect: RedirectURI
  /// Where to listen, if not where the redirect URI points.
  let listen: Setting?
  /// The certificate and its key; nil: plain HTTP.
  let tls: TLSFiles?
  /// How long a login waits for the browser to come back, in seconds.
  let timeout: Int

  /// Whether a proxy terminates TLS: the scheme is https, and there is no certificate.
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
  /// In seconds: five minutes.
  static let standardTimeout = 300
  /// In seconds: a day. A login that waits longer has been forgotten.
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

  /// A path relative to the folder of the `.env`, not to the working folder, as an absolute path.
  private func absolute(_ path: String) -> String {
    if path.isAbsolutePath { return path }
    let folder = file.target.folderPath
    return folder == "/" ? "/\(path)" : "\(folder)/\(path)"
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

  /// `--timeout`, the setting, or the default; the first two are durations such as 90s or 10m.
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
