import HTTP
import OAuth

extension Doctor {
  /// The client's credentials.
  func client(_ settings: Settings) -> [Finding] {
    let client: SourcedClient
    do {
      client = try settings.requiredClient(savingInFile: settings.willSaveInFile)
    } catch {
      return [.failed(.client, error)]
    }
    var findings: [Finding] = []
    if client.credentials.id.contains(where: \.isWhitespace) {
      findings.append(
        .warning(.client, "CLIENT_ID contains a blank", cure: "copy it again from the portal"))
    }
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
          .client, "CLIENT_SECRET is not used: CLIENT_ID comes from \(client.source.words)",
          cure: "put both into the same place"))
    }
    let type = client.credentials.isConfidential ? "confidential" : "public"
    return findings + [.fine(.client, "a \(type) client, from \(client.source.words)")]
  }

  private func hasSecretElsewhere(_ source: SettingSource, _ settings: Settings) -> Bool {
    if case .file = source { return settings.fromEnvironment(.clientSecret) != nil }
    return (try? settings.file.setting(.clientSecret)) != nil
  }

  /// The four values of OAuth 1.0a, where `header` would sign with them.
  func signature(_ settings: Settings) -> [Finding] {
    guard (try? settings.grant())?.grant.accessToken == nil else { return [] }
    do { _ = try settings.oauth1() } catch { return [.failed(.signature, error)] }
    return []
  }

  /// Where credentials would go.
  func endpoint(_ settings: Settings) -> [Finding] {
    do {
      let client = try settings.client(savingInFile: settings.willSaveInFile)
      let sources = [client?.source].compactMap { $0 }
      let isForeign = !settings.willSaveInFile
      let endpoints = try settings.endpoints(
        sending: sources + (isForeign ? [.environment] : []))
      guard let host = endpoints.foreignHost else {
        return [.fine(.endpoint, "credentials go to \(endpoints.host)")]
      }
      return [
        .warning(
          .endpoint, "credentials go to \(host), not to X (\(endpoints.api.source.words))",
          cure: "remove X_API_BASE_URL to use X itself")
      ]
    } catch {
      return [.failed(.endpoint, Failure(error))]
    }
  }

  /// The way to where credentials would go.
  func proxy(_ settings: Settings) -> [Finding] {
    guard let endpoints = try? settings.endpoints(sending: []) else { return [] }
    switch ProxyChoice(to: endpoints.api.text, environment: context.environment.all) {
    case .direct: return []
    case .through(let host): return [.fine(.proxy, "\(endpoints.host) is reached through \(host)")]
    case .unusable:
      return [
        .failed(
          .proxy, "https_proxy or all_proxy holds something that is not a proxy",
          cure: "write http://HOST:PORT, or name \(endpoints.host) in no_proxy")
      ]
    }
  }

  /// Values in the environment that differ from the file's.
  func environment(_ settings: Settings) -> [Finding] {
    var findings: [Finding] = []
    if let warning = try? settings.staleCopyInEnvironment() {
      findings.append(.warning(.environment, warning))
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
}

extension Settings {
  /// Whether the file is where the next grant goes: a login's always, unless the tokens at hand are the
  /// environment's.
  fileprivate var willSaveInFile: Bool { (try? grant())?.source != .environment }
}
