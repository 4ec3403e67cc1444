import OAuth

/// One value that leaves the program.
struct ExportedValue: Sendable, Equatable {
  /// What may be exported: what another place needs to renew the grant by itself, and nothing else.
  static let names: [SettingName] = [.clientID, .clientSecret] + SettingName.grant

  /// The setting's name.
  let name: SettingName
  /// Its value: on one line, without control characters.
  let value: Secret

  /// A value from `source`; what would break a line of any format out of its place is refused.
  init(_ name: SettingName, _ text: String, from source: SettingSource) throws(Failure) {
    guard !text.hasControlCharacter else {
      throw .settings(.controlCharacter(name, source))
    }
    self.name = name
    value = Secret(text)
  }
}
