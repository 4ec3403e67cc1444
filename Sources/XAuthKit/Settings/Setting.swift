import OAuth

/// A value and where it came from.
struct Setting: Sendable, Equatable {
  /// The setting's name.
  let name: SettingName
  /// Its value, never empty.
  let text: String
  /// Where it was found.
  let source: SettingSource
}

extension Setting {
  /// Refuses what can't be sent as it came: bytes of the environment that are no UTF-8 were replaced
  /// by U+FFFD when it was read.
  @discardableResult func requireUTF8() throws(Failure) -> Setting {
    guard source == .environment, text.unicodeScalars.contains("\u{FFFD}") else { return self }
    throw .settings(.environmentNotUTF8(name))
  }

  /// Refuses a copy gone wrong, or laid as a trap: a line break in a header is another header, and in
  /// a configuration file another setting.
  @discardableResult func requireNoControlCharacter() throws(Failure) -> Setting {
    guard text.hasControlCharacter else { return self }
    throw .settings(.controlCharacter(name, source))
  }
}

extension String {
  /// Whether there is a C0 control or DEL in it: what no credential has (RFC 6749 A, VSCHAR).
  var hasControlCharacter: Bool { utf8.contains { $0 < 0x20 || $0 == 0x7f } }
}

/// Where a setting's value came from: the first of these four that has it, or a person.
enum SettingSource: Sendable, Equatable {
  /// An option on the command line, named without its dashes.
  case flag(String)
  /// The process environment.
  case environment
  /// The `.env` file, on this line.
  case file(line: Int)
  /// Nowhere: the built-in default.
  case standard
  /// A person typed it when asked.
  case terminal

  /// The source in words, as `show` prints it.
  var words: String {
    switch self {
    case .flag(let name): "--\(name)"
    case .environment: "the environment"
    case .file(let line): "the file, line \(line)"
    case .standard: "default"
    case .terminal: "the terminal"
    }
  }
}

extension Setting {
  /// The setting and its source; an option is both.
  var label: String { isOption ? source.words : "\(name.rawValue) from \(source.words)" }
  /// The setting, its value and its source. Only for settings that aren't secret.
  var shown: String {
    let value = sanitized(text, limit: 80)
    return isOption
      ? "\(source.words)=\(value)" : "\(name.rawValue)=\(value) from \(source.words)"
  }

  /// What it ends with that the setting can't be used: an option is the command line's.
  var exit: ExitCode { isOption ? .usage : .settings }

  private var isOption: Bool { if case .flag = source { true } else { false } }
}
