/// `text` of a server, fit for a terminal: without anything that moves the cursor, changes colours
/// or the direction of writing, or can't be seen; on one line; of at most `limit` Unicode scalars,
/// the last of which is `…` when something was cut off.
public func sanitized(_ text: String, limit: Int = 200) -> String {
  sanitized(text, withholding: [], limit: limit)
}

/// As `sanitized`, and with `secrets` blotted out, should the server have echoed one.
func sanitized(_ text: String, withholding secrets: [Secret], limit: Int = 200) -> String {
  // Scalars, not Characters: one Character can carry any number of combining marks, and a mark
  // after a secret would make its last Character another one.
  var scalars = visible(text)
  for secret in secrets {
    // As the text: what sanitizing changes in a secret, it has changed in its echo too.
    let echo = visible(secret.reveal())
    if !echo.isEmpty { scalars.replace(echo, with: Secret.mask.unicodeScalars) }
  }
  return bounded(scalars, limit: limit)
}

private func visible(_ text: String) -> String.UnicodeScalarView {
  var result = String.UnicodeScalarView()
  var spacePending = false
  for scalar in text.unicodeScalars {
    if scalar.properties.isWhitespace {
      spacePending = !result.isEmpty
    } else if isVisible(scalar) {
      if spacePending { result.append(" ") }
      spacePending = false
      result.append(scalar)
    }
  }
  return result
}

private func isVisible(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  // Among the format characters are the overrides and isolates of bidirectional text.
  case .control, .format, .surrogate, .privateUse, .unassigned: false
  default: !scalar.properties.isDefaultIgnorableCodePoint
  }
}

private func bounded(_ scalars: String.UnicodeScalarView, limit: Int) -> String {
  let limit = max(limit, 1)
  guard scalars.dropFirst(limit).first != nil else { return String(scalars) }
  return String(String.UnicodeScalarView(scalars.prefix(limit - 1))) + "…"
}
