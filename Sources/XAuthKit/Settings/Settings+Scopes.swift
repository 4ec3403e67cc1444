import OAuth

extension Settings {
  /// The scopes to ask for: `--scopes`, the setting, or the default.
  func requestedScopes() throws(Failure) -> Scopes {
    guard let setting = try setting(.scopes) else {
      return Scopes.requestedByDefault
    }
    let scopes = Scopes(parsing: setting.text)
    guard !scopes.names.isEmpty else { throw .settings(.noScopes(setting)) }
    return scopes
  }
}

extension Scopes {
  /// What will disappoint whoever asks for these.
  var warnings: [Warning] {
    (contains("offline.access") ? [] : [.noOfflineAccess])
      + (unknown.isEmpty ? [] : [.undocumentedScopes(unknown)])
  }
}
