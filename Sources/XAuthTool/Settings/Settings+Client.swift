import OAuth

/// The client's credentials and the one source that both came from.
struct SourcedClient: Sendable, Equatable {
  let credentials: ClientCredentials
  let source: SettingSource
  /// The secret's own source: in the file it has another line.
  var secretSource: SettingSource?
}

extension Settings {
  /// `CLIENT_ID` and `CLIENT_SECRET`, both from one source: the file if it holds the grant and a
  /// `CLIENT_ID` (X refuses a refresh with another app's credentials), otherwise the environment if it
  /// has a `CLIENT_ID`.
  ///
  /// - Parameter savingInFile: whether the grant is about to be saved in the file. A login must use
  ///   the credentials that the next renewal will use.
  func client(savingInFile: Bool = false) throws(Failure) -> SourcedClient? {
    let inFile = try file.setting(.clientID)
    let inEnvironment = fromEnvironment(.clientID)
    if let inFile, savingInFile || file.holdsGrantKeys || inEnvironment == nil {
      return try pair(inFile, secret: file.setting(.clientSecret))
    }
    return try inEnvironment.map { id throws(Failure) in
      try pair(id, secret: fromEnvironment(.clientSecret))
    }
  }

  /// The client's credentials, for a command that needs them.
  func requiredClient(savingInFile: Bool = false) throws(Failure) -> SourcedClient {
    guard let client = try client(savingInFile: savingInFile) else {
      try refuseEmpty([.clientID])
      throw .settings(.noClientID(path: file.target.path, fileExists: file.exists))
    }
    return client
  }

  /// The two as a pair, checked; `secret` may be empty.
  func pair(_ id: Setting, secret: Setting?) throws(Failure) -> SourcedClient {
    try id.requireCredential()
    if let secret, !secret.text.isEmpty { try secret.requireCredential() }
    return SourcedClient(
      credentials: ClientCredentials(id: id.text, secret: secret.map { Secret($0.text) }),
      source: id.source, secretSource: secret?.source)
  }
}

extension SourcedClient {
  /// One of the two as a setting, the secret without its text; nil when there is no secret.
  func setting(_ name: SettingName) -> Setting? {
    if name == .clientID { return Setting(name: name, text: credentials.id, source: source) }
    guard credentials.isConfidential else { return nil }
    return Setting(name: name, text: "", source: secretSource ?? source)
  }
}

extension Settings {
  /// The scopes to request: `--scopes`, the setting, or the default.
  func requestedScopes() throws(Failure) -> Scopes {
    guard let setting = try setting(.scopes) else {
      return Scopes.requestedByDefault
    }
    let scopes = Scopes(parsing: setting.text)
    guard !scopes.names.isEmpty else { throw .settings(.noScopes(setting)) }
    if let fault = scopes.names.lazy.compactMap({ ValueFault(in: $0, of: .scopes) }).first {
      throw .settings(.impossible(.scopes, setting.source, fault))
    }
    return scopes
  }
}

extension Scopes {
  /// What is likely to be a mistake in a request for these scopes.
  var warnings: [Warning] {
    (contains("offline.access") ? [] : [.noOfflineAccess])
      + (unknown.isEmpty ? [] : [.undocumentedScopes(unknown)])
  }
}

extension Settings {
  /// The four values that sign by OAuth 1.0a (RFC 5849 §3.1); nil when none of them is set. Throws if
  /// only some are set, or one is OAuth 2.0's: X would only report a bad signature.
  func oauth1() throws(Failure) -> OAuth1Credentials? {
    var values: [String] = []
    var missing: [SettingName] = []
    for name in SettingName.oauth1 {
      guard let setting = try setting(name) else {
        missing.append(name)
        continue
      }
      values.append(try setting.requireCredential().text)
    }
    if let token = try misplacedToken(isAlone: values.count == 1) {
      throw .header(.oauth2TokenMisplaced(token.source))
    }
    guard missing.isEmpty else {
      if values.isEmpty { return nil }
      throw .header(.incompleteOAuth1(missing: missing))
    }
    return OAuth1Credentials(
      consumerKey: values[0], consumerSecret: Secret(values[1]), accessToken: Secret(values[2]),
      accessTokenSecret: Secret(values[3]))
  }
}
