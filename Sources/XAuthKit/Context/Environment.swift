/// The process environment. An empty value counts as unset (POSIX has no other way to unset a
/// variable for one command in every shell).
struct Environment: Sendable {
  /// All variables, as they came.
  let all: [String: String]

  /// An environment of these variables.
  init(_ all: [String: String]) { self.all = all }

  /// The variable's value; nil when it is not set or empty.
  subscript(name: String) -> String? {
    guard let value = all[name], !value.isEmpty else { return nil }
    return value
  }

  /// Whether this is a CI job: `CI` set, and neither empty nor `false`.
  var isCI: Bool {
    guard let value = self["CI"] else { return false }
    return value.lowercased() != "false"
  }

  /// The environment without some variables: what a child may inherit.
  func without(_ names: [String]) -> [String: String] {
    all.filter { !names.contains($0.key) }
  }
}
