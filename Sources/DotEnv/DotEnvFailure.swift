/// Why a document wasn't changed. Never holds a value.
public enum DotEnvFailure: Error, Equatable {
  /// The name is no `[A-Za-z_][A-Za-z0-9_]*`.
  case invalidKey(String)
  /// No quotes make all readers that know quotes see this value, and a person can choose another:
  /// it has a line break, a NUL, or too many of `'`, `"`, `$`, `\` and backtick at once.
  case unquotable(key: String)
  /// The value needs quotes, and would close the one that is left open on `line` (from 1).
  case openQuote(key: String, line: Int)
  /// The changed file, read again, doesn't say what it should: the file wasn't understood.
  case notReadBack(key: String)
}
