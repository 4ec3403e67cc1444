import Callback
import CommandTable
import DurableFile
import FoundationEssentials

/// What is probably a slip, although it could be meant. `doctor`, `show` and `login` give the same
/// warnings.
extension Settings {
  /// All of them.
  func slips() -> [Warning] { clientSlips() + tokenSlips() + nameSlips() + callbackSlips() }

  /// An OAuth 2.0 token where `header` alone looks, and it is not what that needs.
  private func tokenSlips() -> [Warning] {
    guard (try? heldGrant())?.grant.accessToken == nil else { return [] }
    do { _ = try oauth1() } catch .header(.oauth2TokenMisplaced(let source)) {
      return [.oauth2TokenMisplaced(source)]
    } catch {}
    return []
  }

  /// OAuth 1.0a's key for the app where OAuth 2.0's belongs, and an app that xurl uses too: X keeps one
  /// grant per app and account.
  func clientSlips() -> [Warning] {
    guard let id = (try? client())?.credentials.id else { return [] }
    var warnings: [Warning] = []
    if let key = try? setting(.oauth1ConsumerKey), key.text == id {
      warnings.append(.clientIDIsAPIKey(key.source))
    }
    if let path = environment["HOME"].map({ "\($0)/.xurl" }), Self.xurl(at: path, names: id) {
      warnings.append(.sharedWithXurl(path))
    }
    return warnings
  }

  /// Whether xurl's file, which is YAML, has the client ID `id` in one of its apps.
  private static func xurl(at path: String, names id: String) -> Bool {
    let content = try? FileTarget.resolve(path, from: "/").read()
    let text = String(decoding: content?.bytes ?? [], as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).contains { line in
      let words = line.split { " \t\"':,{}".contains($0) }
      return zip(words, words.dropFirst()).contains { $0 == "client_id" && $1 == id }
    }
  }

  /// Names that are nobody's setting, and begin like one or resemble it.
  func nameSlips() -> [Warning] {
    let inFile = file.document.keys.map {
      (name: $0.name, source: SettingSource.file(line: $0.line))
    }
    let inEnvironment = environment.all.keys.sorted().map {
      (name: $0, source: SettingSource.environment)
    }
    return (inFile + inEnvironment).compactMap { name, source in
      guard name.hasPrefix("X_"), SettingName(rawValue: name) == nil else { return nil }
      let known = SettingName.allCases.map(\.rawValue)
      let meant =
        Nearest.name(to: name, among: known) ?? known.first { name.hasSuffix("_\($0)") }
      let isOurs = ["X_OAUTH2_", "X_OAUTH_CALLBACK_"].contains(where: name.hasPrefix)
      guard isOurs || meant != nil else { return nil }
      return .unknownName(name, source, meant: meant)
    }
  }

  /// https on loopback without a certificate: right behind a proxy on this machine, and otherwise no
  /// browser gets in.
  func callbackSlips() -> [Warning] {
    guard let callback = try? callback(), callback.isBehindProxy, callback.listen == nil,
      RedirectURI.isLoopback(callback.redirect.host)
    else { return [] }
    return [.httpsWithoutCertificate(callback.redirect.uri)]
  }

  /// A time-out with a unit, where another program reads it too and takes whole seconds.
  func timeoutSlips() -> [Warning] {
    guard let setting = try? file.setting(.callbackTimeout), Int(setting.text) == nil,
      let seconds = DurationText.seconds(setting.text)
    else { return [] }
    return [.timeoutWithUnit(setting.source, seconds: seconds)]
  }

  /// An OAuth 2.0 token under OAuth 1.0a's name, where older programs kept it; nil if it isn't one.
  ///
  /// OAuth 1.0a's begin with the account's number and a dash. Where `isAlone`, the other three values
  /// of OAuth 1.0a are missing, and anything else is taken for one of OAuth 2.0; otherwise it must show.
  func misplacedToken(isAlone: Bool) throws(Failure) -> Setting? {
    guard let token = try setting(.oauth1AccessToken) else { return nil }
    let digits = token.text.prefix { ("0"..."9").contains($0) }
    if !digits.isEmpty, token.text.dropFirst(digits.count).first == "-" { return nil }
    return isAlone || token.text.isOAuth2Token ? token : nil
  }
}

extension String {
  /// Whether it is Base64 of a text with `:at:` in it, as X's OAuth 2.0 access tokens are.
  fileprivate var isOAuth2Token: Bool {
    let plain = replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
    guard let bytes = Data(base64Encoded: plain + padding) else { return false }
    return String(decoding: bytes, as: UTF8.self).contains(":at:")
  }
}
