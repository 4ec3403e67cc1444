/// Which release of the program this is.
enum Release {
  /// The version: what `version` prints, and what X reads in `User-Agent`.
  static let version = "0.1.0"
  /// When it was made, as the manual page says it.
  static let date = "2026-11-23"
}
