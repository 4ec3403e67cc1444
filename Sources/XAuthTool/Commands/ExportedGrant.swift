import Rotation
import OAuth

/// The grant that `export` prints, and its state.
struct ExportedGrant: Sendable {
  private let standing: GrantStanding
  private let now: Int

  /// The newest grant. One that waits in the journal is newer than the file's, whose refresh token was
  /// used to get it.
  init(_ settings: Settings, now: Int) throws(Failure) {
    standing = try settings.standing(at: now)
    self.now = now
    if grant.isBlank { throw settings.noGrant(standing.held.source) }
  }

  private var grant: Grant { standing.newest }

  /// The values called `names`, or all that are set if there are no names.
  func values(only names: [String], _ settings: Settings) throws(Failure) -> [ExportedValue] {
    var values: [ExportedValue] = []
    for name in ExportedValue.names where names.isEmpty || names.contains(name.rawValue) {
      guard let (text, source) = try text(of: name, settings) else {
        if names.isEmpty { continue }
        throw .export(.notSet(name))
      }
      values.append(try ExportedValue(name, text, from: source))
    }
    return values
  }

  private func text(
    of name: SettingName, _ settings: Settings
  ) throws(Failure) -> (String, SettingSource)? {
    let text: String?
    switch name {
    case .clientID, .clientSecret: return try clientText(of: name, settings)
    case .accessToken: text = grant.accessToken?.reveal()
    case .refreshToken: text = grant.refreshToken?.reveal()
    case .expiresAt: text = grant.expiresAt.map { String($0) }
    default: text = grant.scopes?.commaSeparated
    }
    let line = settings.file.document.value(of: name.rawValue)?.line ?? 0
    return text.map { ($0, standing.held.source == .file ? .file(line: line) : .environment) }
  }

  private func clientText(
    of name: SettingName, _ settings: Settings
  ) throws(Failure) -> (String, SettingSource)? {
    guard let client = try settings.client() else { return nil }
    if name == .clientID { return (client.credentials.id, client.source) }
    guard let secret = client.credentials.secret, !secret.isEmpty else { return nil }
    return (secret.reveal(), client.source)
  }

  /// Warns about what won't work where `values` are used.
  func warn(_ console: Console, exporting values: [ExportedValue]) {
    let names = values.map(\.name)
    let isDue = !standing.known.isValid(for: 0, at: now)
    if names.contains(.refreshToken), case .outcomeUnknown = standing.recovery {
      console.warn(
        "the outcome of the last renewal is unknown: the refresh token may have been used",
        hint: "run \(call: "refresh") until it succeeds, and export then")
    } else if !standing.renewal.needsNoLogin {
      console.warn("the access token: \(standing.words(at: now))", hint: standing.cure)
    } else if names.contains(.accessToken), grant.expiresAt != nil, isDue {
      console.warn("the access token has expired", hint: "run \(call: "refresh"), and export then")
    }
    if names.contains(.refreshToken), console.isOnTerminal {
      console.say(
        "the refresh token works once: from now on let one place alone renew it, this or the other")
    }
  }
}

/// One value that leaves the program.
struct ExportedValue: Sendable, Equatable {
  /// The values that may be exported: those that another machine needs to renew the grant by itself.
  static let names: [SettingName] = [.clientID, .clientSecret] + SettingName.grant

  /// The setting's name.
  let name: SettingName
  /// Its value: on one line, without control characters.
  let value: Secret

  /// A value from `source`. One with a control character is refused: it would break the line-based
  /// formats.
  init(_ name: SettingName, _ text: String, from source: SettingSource) throws(Failure) {
    guard !text.hasControlCharacter else {
      throw .settings(.controlCharacter(name, source))
    }
    self.name = name
    value = Secret(text)
  }
}
