/// A variable that the tool reads or writes.
public struct SettingDoc: Sendable, Equatable {
  /// The variable's name.
  public let name: String
  /// What holds while it is unset; nil where nothing does.
  public internal(set) var defaultValue: String?
  /// What it means.
  public internal(set) var help: String

  /// A setting of the table.
  public init(_ name: String, default defaultValue: String? = nil, help: String) {
    self.name = name
    self.defaultValue = defaultValue
    self.help = help
  }

  /// The help with the default in parentheses, as prose.
  var fullHelp: String { defaultValue.map { "\(help) (default \($0))" } ?? help }

  func naming(_ tool: String) -> SettingDoc {
    SettingDoc(name, default: defaultValue?.naming(tool), help: help.naming(tool))
  }
}
