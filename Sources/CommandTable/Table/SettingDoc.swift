/// A variable that the tool reads or writes.
public struct SettingDoc: Sendable, Equatable {
  /// The variable's name.
  public let name: String
  /// What holds while it is unset; nil where nothing does.
  public internal(set) var standard: String?
  /// What it means.
  public internal(set) var help: String

  /// A setting of the table.
  public init(_ name: String, default standard: String? = nil, help: String) {
    self.name = name
    self.standard = standard
    self.help = help
  }

  /// The help with the default in parentheses, as prose.
  var fullHelp: String { standard.map { "\(help) (default \($0))" } ?? help }

  func naming(_ tool: String) -> SettingDoc {
    SettingDoc(name, default: standard?.naming(tool), help: help.naming(tool))
  }
}
