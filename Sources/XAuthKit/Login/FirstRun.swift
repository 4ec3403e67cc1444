import DotEnv
import OAuth

/// The first login of a project: no `CLIENT_ID` yet, and a person at the terminal.
enum FirstRun {
  /// The client's credentials: as set, or asked for.
  static func client(_ call: Call, _ settings: Settings) throws(Failure) -> SourcedClient {
    if let client = try settings.client() { return client }
    return try ask(call, settings)
  }

  /// Explains where the client's credentials come from, asks for them, and offers to save them.
  /// Without a terminal it asks nothing.
  private static func ask(_ call: Call, _ settings: Settings) throws(Failure) -> SourcedClient {
    let terminal = call.context.terminal
    guard terminal.isInteractive, !call.console.isJSON else {
      throw .settings(
        .noClientID(path: settings.file.target.path, fileExists: settings.file.exists))
    }
    call.console.write(steps(redirect: try settings.callback().redirect.uri))
    guard let id = terminal.ask("Client ID: ", true)?.trimmedBlanks, !id.isEmpty else {
      throw .settings(
        .noClientID(path: settings.file.target.path, fileExists: settings.file.exists))
    }
    let secret =
      terminal.ask("Client secret (not shown; empty for a Native App): ", false)?.trimmedBlanks
      ?? ""
    let credentials = ClientCredentials(id: id, secret: Secret(secret))
    let answer = terminal.ask("Save both in \(settings.file.target.path)? [Y/n] ", true) ?? "n"
    if ["", "y", "yes"].contains(answer.lowercased()) {
      try save(id, secret, call, settings)
    }
    return SourcedClient(credentials: credentials, source: .file(line: 0))
  }

  private static func steps(redirect: String) -> String {
    """
    There is no CLIENT_ID yet. In X's developer portal (https://console.x.com):
      1. create an app, or open yours, and set up "User authentication"
      2. app permissions: what the scopes need; type of app: Native App (public) or Web App
      3. Callback URI, exactly:  \(redirect)
      4. Website URL: any address of yours
      5. copy the OAuth 2.0 Client ID (not the API key), and for a Web App the Client Secret

    """
  }

  private static func save(
    _ id: String, _ secret: String, _ call: Call, _ settings: Settings
  ) throws(Failure) {
    var locked = try LockedGrant.open(
      settings.file.target, creating: true, timeout: Rotation.lockTimeout, context: call.context,
      waiting: {})
    try locked.edit([
      DotEnvChange(SettingName.clientID.rawValue, id, origin: .person),
      DotEnvChange(SettingName.clientSecret.rawValue, secret, origin: .person),
    ])
    locked.unlock()
  }
}

extension String {
  /// The text without blanks and line breaks at its ends, as they come with copying.
  var trimmedBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
    guard let last = lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(self[...last].drop(while: isBlank))
  }
}
