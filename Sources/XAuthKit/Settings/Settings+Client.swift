import OAuth

/// The client's credentials and the one place both came from.
struct SourcedClient: Sendable, Equatable {
  let credentials: ClientCredentials
  let source: SettingSource
  /// The secret's own place, which has another line in the file.
  var secretSource: SettingSource?
}

extension Settings {
  /// `CLIENT_ID` and `CLIENT_SECRET`, as a pair from one source: the file's if the file holds the
  /// grant and a `CLIENT_ID` (a refresh with another app's credentials would be refused), otherwise
  /// the environment's if that has one.
  ///
  /// - Parameter savingInFile: whether the file is about to hold the grant: a login must use the
  ///   credentials that the next renewal will.
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

  /// The client's credentials, which this command can't do without.
  func requiredClient(savingInFile: Bool = false) throws(Failure) -> SourcedClient {
    guard let client = try client(savingInFile: savingInFile) else {
      throw .settings(.noClientID(path: file.target.path, fileExists: file.exists))
    }
    return client
  }

  /// The two as a pair, checked; `secret` may be empty.
  func pair(_ id: Setting, secret: Setting?) throws(Failure) -> SourcedClient {
    // Both go into an HTTP header and a form.
    for setting in [id, secret].compactMap({ $0 }) {
      try setting.requireUTF8().requireNoControlCharacter()
    }
    return SourcedClient(
      credentials: ClientCredentials(id: id.text, secret: secret.map { Secret($0.text) }),
      source: id.source, secretSource: secret?.source)
  }
}

extension SourcedClient {
  /// One of the two as a setting; nil when there is no secret. Its text is for `CLIENT_ID` alone.
  func setting(_ name: SettingName) -> Setting? {
    if name == .clientID { return Setting(name: name, text: credentials.id, source: source) }
    guard credentials.isConfidential else { return nil }
    return Setting(name: name, text: "", source: secretSource ?? source)
  }
}
