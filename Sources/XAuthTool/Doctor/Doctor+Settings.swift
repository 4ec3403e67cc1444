import OAuth

extension Doctor {
  /// The client's credentials.
  func client(_ settings: Settings) -> [Finding] {
    // Who follows another host sends nothing.
    if (try? settings.followed()) != nil, (try? settings.client()) == nil { return [] }
    let client: SourcedClient
    do {
      client = try settings.requiredClient(savingInFile: settings.willSaveInFile)
    } catch {
      return [.failed(.client, error)]
    }
    var findings = settings.clientSlips().map { Finding.warning(.client, $0) }
    if let inFile = (try? settings.file.setting(.clientID))?.text,
      let inEnvironment = settings.fromEnvironment(.clientID)?.text, inFile != inEnvironment
    {
      findings.append(
        .warning(
          .client, "the environment has another CLIENT_ID than the file: a grant belongs to one",
          cure: "keep the right one"))
    }
    if !client.credentials.isConfidential, hasSecretElsewhere(client.source, settings) {
      findings.append(
        .warning(
          .client, "CLIENT_SECRET is not used: CLIENT_ID comes from \(client.source)",
          cure: "put both into the same place"))
    }
    let type = client.credentials.isConfidential ? "confidential" : "public"
    return findings + [.fine(.client, "a \(type) client, from \(client.source)")]
  }

  private func hasSecretElsewhere(_ source: SettingSource, _ settings: Settings) -> Bool {
    if case .file = source { return settings.fromEnvironment(.clientSecret) != nil }
    return (try? settings.file.setting(.clientSecret)) != nil
  }

  /// The four values of OAuth 1.0a, if `header` would sign with them.
  func signature(_ settings: Settings) -> [Finding] {
    guard (try? settings.grant())?.grant.accessToken == nil else { return [] }
    do { _ = try settings.oauth1() } catch .header(.incompleteOAuth1(let missing))
      where missing == [.oauth1AccessToken, .oauth1AccessTokenSecret]
    {
      // What xmcp has: it asks for the rest by itself.
      return []
    } catch {
      return [.failed(.signature, error)]
    }
    return []
  }

  /// Values in the environment that differ from the file's.
  func environment(_ settings: Settings) -> [Finding] {
    var findings = (staleCopy(settings) + settings.nameSlips()).map {
      Finding.warning(.environment, $0)
    }
    let travelTogether = SettingName.grant + [.clientID, .clientSecret]
    for name in SettingName.allCases where !travelTogether.contains(name) {
      guard let inEnvironment = settings.fromEnvironment(name)?.text,
        let inFile = (try? settings.file.setting(name))?.text, inFile != inEnvironment
      else { continue }
      findings.append(
        .warning(
          .environment, "\(name.rawValue) in the environment hides another value in the file",
          cure: "unset it there, or change the file"))
    }
    return findings.isEmpty ? [.fine(.environment, "hides nothing in the file")] : findings
  }

  /// Other tokens in the environment than in the file, whose tokens win.
  func staleCopy(_ settings: Settings) -> [Warning] {
    // If the file's tokens can't be read, the check of the token says so.
    let warning = try? settings.staleCopyInEnvironment()
    return warning.map { [$0] } ?? []
  }
}

extension Settings {
  /// Whether the next grant is saved in the file: always, unless the current tokens come from the
  /// environment.
  var willSaveInFile: Bool { (try? grant())?.source != .environment }
}
