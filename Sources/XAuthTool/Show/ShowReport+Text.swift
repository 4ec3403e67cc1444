extension ShowReport: CustomStringConvertible {
  /// The report as text: a column of names and a column of facts. Five lines tell how the grant stands; the
  /// others are there when there is something to tell, or with `--verbose`.
  var description: String {
    var rows: [(String, String)] = [
      ("token", tokenWords), ("account", account.map { "@\($0)" } ?? "unknown"),
      ("renewed", historyWords), ("client", clientText), ("file", fileText),
    ]
    if let storeWords { rows.append(("store", storeWords)) }
    if let check { rows.append(("asked X", check.message)) }
    if let storeCheck { rows.append(("asked", storeCheck)) }
    if !running.isEmpty {
      let words = running.map { "\($0.command) (process \($0.pid))" }.joined(separator: ", ")
      rows.append(("served", "by \(words)"))
    }
    if let recovery { rows.append(("journal", recovery)) }
    if isVerbose { rows += details }
    return rows.map { name, fact in
      name + String(repeating: " ", count: max(1, 10 - name.count)) + fact.onOneLine + "\n"
    }.joined()
  }

  private var storeWords: String? {
    guard let store else { return nil }
    if isFollowing { return "\(store) (this host follows another one)" }
    return storeNumber.map { "\(store) (grant \($0))" } ?? "\(store) (nothing copied yet)"
  }

  private var details: [(String, String)] {
    var rows: [(String, String)] = []
    if accessToken != nil || refreshToken != nil { rows.append(("tokens", fingerprints)) }
    if let granted = scopes.granted { rows.append(("granted", granted.joined(separator: " "))) }
    rows.append(("callback", callback.url ?? callback.problem ?? ""))
    return rows + settings.map { ("setting", "\($0.name)=\($0.value), from \($0.source)") }
  }

  private var clientText: String {
    let id = client.map { "\($0.id) (\($0.type)), from \($0.source)" } ?? "none"
    let count = scopes.granted.map { "\($0.count) \($0.count == 1 ? "scope" : "scopes") granted" }
    let missing =
      scopes.missing.isEmpty ? nil : "not granted: \(scopes.missing.joined(separator: " "))"
    return [id, count, missing, scopes.problem].compactMap(\.self).joined(separator: "; ")
  }

  private var fingerprints: String {
    [("access", accessToken), ("refresh", refreshToken)].compactMap { name, token in
      token.map { "\(name) \($0.fingerprint ?? "set")" }
    }.joined(separator: ", ") + ", from \((accessToken ?? refreshToken)?.source ?? "")"
  }

  private var fileText: String {
    guard file.exists, let mode = file.mode else { return "\(file.path) (doesn't exist)" }
    return "\(file.path) (mode \(mode))"
  }
}
