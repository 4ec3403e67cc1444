import OAuth

extension ShowReport.ScopeFacts {
  /// A list that can't be asked for doesn't keep `show` from telling the rest.
  init(_ settings: Settings, granted: Scopes?) {
    self.granted = granted?.names
    do {
      let scopes = try settings.requestedScopes()
      requested = scopes.names
      missing = granted.map { scopes.subtracting($0).names } ?? []
      problem = nil
    } catch {
      (requested, missing) = ([], [])
      problem = Failure(error).report.message
    }
  }
}

extension ShowReport.ClientFacts {
  init(_ client: SourcedClient) {
    id = client.credentials.id
    type = client.credentials.isConfidential ? "confidential" : "public"
    source = client.source.words
  }
}

extension ShowReport.CallbackFacts {
  /// A callback that can't be used doesn't keep `show` from telling the rest.
  init(_ settings: Settings) {
    do {
      url = try settings.callback().redirect.uri
      problem = nil
    } catch {
      url = nil
      problem = Failure(error).report.message
    }
  }
}

extension ShowReport.FileFacts {
  init(_ file: EnvFile) {
    path = file.target.path
    exists = file.exists
    mode = file.snapshot.map { "0" + String($0.identity.mode, radix: 8) }
    owner = file.snapshot?.identity.owner
  }
}

extension ShowReport.SettingFacts {
  /// Every setting that is set, secrets as such.
  static func all(_ settings: Settings) throws(Failure) -> [Self] {
    var facts: [Self] = []
    let client = try settings.client()
    for name in SettingName.allCases where !SettingName.grant.contains(name) {
      // The client's two travel as a pair: the one that isn't used is not shown. What can't be read
      // is among the warnings.
      let isClient = [.clientID, .clientSecret].contains(name)
      guard let setting = isClient ? client?.setting(name) : try? settings.setting(name) else {
        continue
      }
      facts.append(
        Self(
          name: name.rawValue, value: name.isSecret ? "set" : sanitized(setting.text, limit: 200),
          source: setting.source.words))
    }
    return facts
  }
}
