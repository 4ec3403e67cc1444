/// What shows that a value can't be a credential or a scope: a slip in copying it or in handing it
/// over. X would only answer that it doesn't know the client or the token.
///
/// Only what no server is likely to issue is in the table, and a token that X has issued is taken as it
/// came; whether a value has the form that X's have today is left to X.
enum ValueFault: Sendable, Equatable, CaseIterable {
  case quoted, named, header, template, reference, encrypted, masked, blank, notASCII

  /// What is wrong with `text` as the value of `name`; nil where nothing shows.
  init?(in text: String, of name: SettingName) {
    guard let fault = Self.allCases.first(where: { $0.shows(in: text, of: name) }) else {
      return nil
    }
    self = fault
  }

  private func shows(in text: String, of name: SettingName) -> Bool {
    let scalars = text.unicodeScalars
    return switch self {
    case .quoted:
      [scalars.first, scalars.last].contains {
        $0.map("\"'`“”„‘’«»".unicodeScalars.contains) ?? false
      }
    case .named: text.hasPrefix("\(name.rawValue)=")
    case .header:
      ["bearer ", "basic ", "oauth ", "authorization:"].contains(where: text.lowercased().hasPrefix)
    case .template:
      ["{{", "<%"].contains(where: text.contains)
        || ["$", "<", "%"].contains(where: text.hasPrefix)
        || ["your_", "your-"].contains(where: text.lowercased().hasPrefix)
    case .reference: text.contains("://")
    case .encrypted: ["encrypted:", "ENC[", "enc:", "vault:"].contains(where: text.hasPrefix)
    case .masked: ["***", "…", "•"].contains(where: text.contains) || text.hasSuffix("...")
    // A client's secret could be a sentence in any language, where people choose it.
    case .blank where name == .clientSecret:
      [scalars.first, scalars.last].contains { $0?.properties.isWhitespace ?? false }
    case .blank: scalars.contains(where: \.properties.isWhitespace)
    case .notASCII where name == .clientSecret:
      scalars.contains(where: \.properties.isDefaultIgnorableCodePoint)
    case .notASCII: !scalars.allSatisfy(\.isASCII)
    }
  }

  /// What the value looks like, to follow its name and source.
  var phrase: String {
    switch self {
    case .quoted: "still has its quotes"
    case .named: "repeats its own name"
    case .header: "is a whole header, not the token alone"
    case .template: "is a placeholder that nothing has filled in"
    case .reference: "is a reference or a URL, not the value itself"
    case .encrypted: "is encrypted"
    case .masked: "is masked or cut off"
    case .blank: "contains a space"
    case .notASCII: "contains a non-ASCII character, perhaps an invisible one"
    }
  }

  /// What to do about it.
  var cure: Hint {
    switch self {
    case .quoted: "write it without quotes: docker --env-file, for one, passes them on"
    case .named: "write the name once"
    case .header: "keep only what follows the first word"
    case .template: "put the value itself there: variables are not expanded"
    case .reference: "start it through the program that resolves it, such as op run"
    case .encrypted: "start it through the program that decrypts it, such as dotenvx run"
    case .masked: "copy it from where it is shown whole"
    case .blank, .notASCII: "copy it again, without anything around it"
    }
  }
}
