/// A variable that the tool reads or writes.
public struct SettingDoc: Sendable, Equatable {
  /// The variable's name.
  public let name: String
  /// What holds while it is unset; nil where nothing does.
  public let defaultValue: String?
  /// What it means.
  public let help: String

  /// A setting of the table.
  public init(_ name: String, default defaultValue: String? = nil, help: String) {
    self.name = name
    self.defaultValue = defaultValue
    self.help = help
  }

  /// The help with the default in parentheses, as prose.
  var fullHelp: String { defaultValue.map { "\(help) (default \($0))" } ?? help }
}
