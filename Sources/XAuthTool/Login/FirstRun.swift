import Rotation
import DotEnv
import OAuth

/// The first login of a project: there is no `CLIENT_ID` yet, but a terminal to ask at.
enum FirstRun {
  /// The client's credentials, from the settings or asked for, and whether the next run will find them
  /// too.
  static func client(
    _ call: Call, _ settings: Settings
  ) throws(Failure) -> (client: SourcedClient, isKept: Bool) {
    if let client = try settings.client(savingInFile: true) { return (client, true) }
    return try ask(call, settings)
  }

  /// Explains where the client's credentials come from, asks for them, and offers to save them.
  /// Throws if there is no terminal.
  private static func ask(
    _ call: Call, _ settings: Settings
  ) throws(Failure) -> (SourcedClient, isKept: Bool) {
    let path = settings.file.target.path
    guard call.context.terminal.isInteractive(), !call.console.isJSON else {
      throw .settings(.noClientID(path: path, fileExists: settings.file.exists))
    }
    call.console.write(steps(redirect: try settings.callback().redirect.uri))
    guard let id = credential("Client ID: ", .clientID, call), !id.isEmpty,
      let secret = credential(
        "Client Secret (not shown; empty for a Native App): ", .clientSecret, call, echo: false)
    else { throw .login(.declined) }
    let typed = try settings.pair(
      Setting(name: .clientID, text: id, source: .terminal),
      secret: Setting(name: .clientSecret, text: secret, source: .terminal))
    let isKept = call.confirms("Save them in \(path)?", byDefault: true)
    if isKept { try save(typed.credentials, call, settings) }
    return (typed, isKept)
  }

  /// Asks until the answer is one word or empty. A `NAME=` before it is dropped: it was copied from
  /// another file.
  private static func credential(
    _ question: String, _ name: SettingName, _ call: Call, echo: Bool = true
  ) -> String? {
    while let answer = call.ask(question, echo: echo) {
      let prefix = "\(name.rawValue)="
      var word = answer.hasPrefix(prefix) ? String(answer.dropFirst(prefix.count)) : answer
      if word.count > 1, let quote = word.first, quote == word.last, quote == "\"" || quote == "'" {
        word = String(word.dropFirst().dropLast())
      }
      if !word.contains(where: \.isWhitespace) { return word }
      call.console.write("That has blanks in it; copy the one word that X shows.\n")
    }
    return nil
  }

  private static func steps(redirect: String) -> String {
    """
    There is no CLIENT_ID yet. It comes from X's developer portal, https://console.x.com:
      1. Create an app, or open yours, and set up "User authentication".
      2. App permissions: Read and write. Type of App: Native App, or Web App for a client secret.
      3. Callback URI, exactly so:
           \(redirect)
      4. Website URL: any address of yours.
      5. Save. X shows the OAuth 2.0 Client ID (not the API key), and the Client Secret only once.

    """
  }

  private static func save(
    _ client: ClientCredentials, _ call: Call, _ settings: Settings
  ) throws(Failure) {
    // Both, even if the secret is empty: one left over from another app would be sent.
    let changes = [
      DotEnvChange(SettingName.clientID.rawValue, client.id, origin: .person),
      DotEnvChange(
        SettingName.clientSecret.rawValue, client.secret?.reveal() ?? "", origin: .person),
    ]
    let effects = RotationEffects(call, PendingNotes(call.console))
    do { try Rotation.edit(settings.file.target, changes, effects) } catch {
      throw Failure(error)
    }
  }
}
