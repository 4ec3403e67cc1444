extension ShowReport: CustomStringConvertible {
  /// The report as text: a column of names and a column of facts.
  var description: String {
    var rows: [(String, String)] = [("token", tokenText)]
    if let check { rows.append(("asked X", check.message)) }
    if accessToken != nil || refreshToken != nil { rows.append(("tokens", fingerprints)) }
    if let granted = scopes.granted { rows.append(("granted", granted.joined(separator: " "))) }
    if !scopes.missing.isEmpty {
      rows.append(("not granted", scopes.missing.joined(separator: " ")))
    }
    if let problem = scopes.problem { rows.append(("asked for", problem)) }
    rows.append(("client", client.map { "\($0.id) (\($0.type)), from \($0.source)" } ?? "none"))
    rows.append(("callback", callback.url ?? callback.problem ?? ""))
    rows.append(("file", fileText))
    if let recovery { rows.append(("recovery", recovery)) }
    rows += warnings.map { ("warning", $0) }
    rows += settings.map { ("setting", "\($0.name)=\($0.value), from \($0.source)") }
    return rows.map { name, fact in
      name + String(repeating: " ", count: max(1, 13 - name.count)) + fact.onOneLine + "\n"
    }.joined()
  }

  private var tokenText: String {
    guard state.isUsable, let expiresAt, let secondsLeft else {
      return state.phrase + (cure.map { ": \($0)" } ?? "")
    }
    let end = Times.local(expiresAt, left: secondsLeft)
    return "\(state.phrase), \(Spans.words(secondsLeft)) left (until \(end))"
      + (state.ending.map { "; \($0)" } ?? "")
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
