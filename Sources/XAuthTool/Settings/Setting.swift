import OAuth
import Paths

/// The value of a setting and its source.
struct Setting: Sendable, Equatable {
  /// The setting's name.
  let name: SettingName
  /// Its value; empty only if it was typed so, as an option.
  let text: String
  /// Where it was found.
  let source: SettingSource

  /// Refuses a value from the environment that isn't UTF-8, unless it is a path.
  @discardableResult func requireUTF8() throws(Failure) -> Setting {
    guard source == .environment, !name.isPath, !text.isUTF8 else { return self }
    throw .settings(.environmentNotUTF8(name))
  }

  /// Refuses a value with a control character, from a bad copy or an attack: a line break in a header
  /// begins another header, and in a configuration file another setting.
  @discardableResult func requireNoControlCharacter() throws(Failure) -> Setting {
    guard text.hasControlCharacter else { return self }
    throw .settings(.controlCharacter(name, source))
  }

  /// Refuses a value that can't be a credential: nothing is sent that X could only refuse.
  @discardableResult func requireCredential() throws(Failure) -> Setting {
    try requireUTF8().requireNoControlCharacter()
    if let fault = ValueFault(in: text, of: name) {
      throw .settings(.impossible(name, source, fault))
    }
    return self
  }

  /// The setting and its source, for a message; an option stands for both.
  var label: String { isOption ? source.description : "\(name.rawValue) from \(source)" }

  /// The setting, its value and its source. Only for settings that aren't secret.
  var shown: String {
    let value = sanitized(text, limit: 80)
    return isOption
      ? "\(source)=\(value)" : "\(name.rawValue)=\(value) from \(source)"
  }

  /// The exit code if the value can't be used: a wrong option is a usage error.
  var exit: ExitCode { isOption ? .usage : .settings }

  private var isOption: Bool { if case .flag = source { true } else { false } }
}

/// Where a setting's value came from: the first of the first four that has it, or an answer at the
/// terminal.
enum SettingSource: Sendable, Equatable, CustomStringConvertible {
  /// An option on the command line, named without its dashes.
  case flag(String)
  /// The process environment.
  case environment
  /// The `.env` file, on this line.
  case file(line: Int)
  /// The built-in default.
  case standard
  /// It was typed as an answer to a question.
  case terminal

  /// The source, as `show` prints it.
  var description: String {
    switch self {
    case .flag(let name): "--\(name)"
    case .environment: "the environment"
    case .file(let line): "the file, line \(line)"
    case .standard: "default"
    case .terminal: "the terminal"
    }
  }
}

extension String {
  /// Whether it has a C0 control or DEL, which no credential can have (RFC 6749 appendix A, VSCHAR).
  var hasControlCharacter: Bool { utf8.contains { $0 < 0x20 || $0 == 0x7f } }
}
