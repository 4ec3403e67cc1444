/// An exit code and what it tells a script.
public struct ExitCodeDoc: Sendable, Equatable {
  /// The code, 0 to 255.
  public let code: Int
  /// How texts write it, where one code stands for several: `128+n`.
  public let label: String
  /// What it means.
  public let meaning: String

  /// An exit code of the table.
  public init(_ code: Int, label: String? = nil, _ meaning: String) {
    self.code = code
    self.label = label ?? String(code)
    self.meaning = meaning
  }
}
