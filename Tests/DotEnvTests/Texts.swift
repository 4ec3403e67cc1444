@testable import DotEnv

extension DotEnvDocument {
  /// The document of `text`.
  init(text: String) { self.init(Array(text.utf8)) }

  /// The bytes as text; invalid UTF-8 shows as U+FFFD.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The keys that are assigned, in the file's order; those that aren't UTF-8 left out.
  var keys: [String] { assignments.compactMap { String(validating: bytes[$0.key], as: UTF8.self) } }

  /// The document with `key` set to `value`.
  func setting(
    _ key: String, _ value: String, origin: DotEnvChange.Origin = .person
  ) throws(DotEnvFailure) -> DotEnvDocument {
    try setting([DotEnvChange(key, value, origin: origin)])
  }
}

/// The text of a file that was `text` after its `KEY` was set to `value`.
func setKey(
  in text: String, to value: String = "new", origin: DotEnvChange.Origin = .person
) throws -> String {
  try DotEnvDocument(text: text).setting("KEY", value, origin: origin).text
}
