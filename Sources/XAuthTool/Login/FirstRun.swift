import DotEnv
import DurableFile
import OAuth
import Rotation

/// What was typed at the first login of a project: there is no `CLIENT_ID` yet, but a terminal to ask at.
/// It is saved once it has worked.
struct FirstRun: Sendable {
  /// The client's credentials.
  let client: SourcedClient
  /// What to ask for; nil where the settings say it, or nothing else than usual was wanted.
  let scopes: Scopes?

  /// Explains where the client's credentials come from, and asks for them; nil where the settings have them.
  /// Throws if there is no terminal.
  static func ask(_ call: Call, _ settings: Settings) throws(Failure) -> FirstRun? {
    guard try settings.client(savingInFile: true) == nil else { return nil }
    let path = settings.file.target.path
    guard call.context.terminal.isInteractive(), !call.console.isJSON else {
      throw .settings(.noClientID(path: path, fileExists: settings.file.exists))
    }
    let redirect = try settings.callback().redirect.uri
    call.console.write("There is no CLIENT_ID in \(path) yet.\n")
    let isAsked = try settings.setting(.scopes) == nil
    let scopes = isAsked ? try askForPurpose(call) : nil
    let requested = try settings.requestedScopes()
    let permissions = (scopes ?? requested).writes ? "Read and write" : "Read"
    call.console.write(steps(redirect: redirect, permissions: permissions))
    let client = try askForClient(call, settings, before: nil)
    return FirstRun(client: client, scopes: scopes)
  }

  /// The same with other credentials, after X has refused these; nil if `failure` is another one.
  func again(after failure: Failure, _ call: Call) throws(Failure) -> FirstRun? {
    guard case .rotation(.clientRefused, _) = failure else { return nil }
    call.console.warn(failure.report.message)
    call.console.write("Check both in the console, and type them again.\n")
    let settings = try call.settings()
    return FirstRun(
      client: try Self.askForClient(call, settings, before: client.credentials), scopes: scopes)
  }

  private static func askForPurpose(_ call: Call) throws(Failure) -> Scopes? {
    call.console.write(
      "What may the token do?\n  1  read only\n  2  write too: post, like, follow, bookmark\n")
    while let answer = call.ask("1 or 2 [1]: ") {
      if answer.isEmpty || answer == "1" { return .reading }
      if answer == "2" { return nil }
      call.console.write("Type 1 or 2, or press Ctrl-C to stop.\n")
    }
    throw .login(.declined)
  }

  /// - Parameter before: what Enter keeps.
  private static func askForClient(
    _ call: Call, _ settings: Settings, before: ClientCredentials?
  ) throws(Failure) -> SourcedClient {
    guard let id = askForID(call, before?.id),
      let secret = credential(
        "Client Secret (not shown; empty for a Native App): ", .clientSecret, call, echo: false)
    else { throw .login(.declined) }
    return try settings.pair(
      Setting(name: .clientID, text: id, source: .terminal),
      secret: Setting(name: .clientSecret, text: secret, source: .terminal))
  }

  private static func askForID(_ call: Call, _ before: String?) -> String? {
    let question = before.map { "Client ID [\($0)]: " } ?? "Client ID: "
    while let answer = credential(question, .clientID, call) {
      guard let id = answer.isEmpty ? before : answer else {
        call.console.write("Paste the Client ID that X shows, or press Ctrl-C to stop.\n")
        continue
      }
      if looksLikeAPIKey(id) {
        call.console.warn("that looks like the API key; the Client ID is under OAuth 2.0")
      }
      return id
    }
    return nil
  }

  /// X's API keys have 25 letters and digits, its client IDs more.
  private static func looksLikeAPIKey(_ id: String) -> Bool {
    id.utf8.count == 25 && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
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
      call.console.write("That has spaces in it; copy the one word that X shows.\n")
    }
    return nil
  }

  private static func steps(redirect: String, permissions: String) -> String {
    """
    It comes from X's developer console, https://console.x.com: open your app, or create one, and set up \
    "User authentication":
      App permissions   \(permissions)
      Type of App       Native App, or Web App for a client secret
      Callback URI      \(redirect)
      Website URL       any address of yours
    Save. X then shows the OAuth 2.0 Client ID (not the API key), and the Client Secret only once.

    """
  }

  /// Saves what was typed.
  func save(_ call: Call, in target: FileTarget) throws(Failure) {
    let credentials = client.credentials
    // Both, even if the secret is empty: one left over from another app would be sent.
    var changes = [
      DotEnvChange(SettingName.clientID.rawValue, credentials.id, origin: .person),
      DotEnvChange(
        SettingName.clientSecret.rawValue, credentials.secret?.reveal() ?? "", origin: .person),
    ]
    if let scopes {
      changes.append(
        DotEnvChange(SettingName.scopes.rawValue, scopes.commaSeparated, origin: .person))
    }
    let effects = RotationEffects(call, PendingNotes(call.console))
    do { try Rotation.edit(target, changes, effects) } catch { throw Failure(error) }
  }
}

extension Scopes {
  /// Whether any of them lets an app change something at X.
  fileprivate var writes: Bool { names.contains { $0.hasSuffix(".write") } }
}
