import Glibc
import Paths

/// The process environment. An empty value counts as unset (POSIX has no other way to unset a
/// variable for one command in every shell).
struct Environment: Sendable, ExpressibleByDictionaryLiteral {
  /// All variables. Their bytes may be anything, so they are text in the way in which paths are.
  private(set) var all: [String: String]

  /// An environment of these variables.
  init(_ all: [String: String]) { self.all = all }

  init(dictionaryLiteral variables: (String, String)...) {
    self.init(Dictionary(variables) { first, _ in first })
  }

  /// This process's own, as it is now.
  static func live() -> Environment {
    var environment = Environment([:])
    var next = environ
    while let entry = next.pointee {
      next += 1
      guard let equals = strchr(entry, Int32(UInt8(ascii: "="))) else { continue }
      let name = String(path: UnsafeRawBufferPointer(start: entry, count: equals - entry))
      // The first of two assignments is the one getenv(3) finds.
      guard environment.all[name] == nil else { continue }
      environment.all[name] = String(cPath: equals + 1)
    }
    return environment
  }

  /// The variable's value; nil when it is not set or empty.
  subscript(name: String) -> String? {
    get {
      guard let value = all[name], !value.isEmpty else { return nil }
      return value
    }
    set { all[name] = newValue }
  }

  /// Whether this is a CI job: `CI` set, and neither empty nor `false`.
  var isCI: Bool {
    guard let value = self["CI"] else { return false }
    return value.lowercased() != "false"
  }

  /// The environment without some variables: what a child may inherit.
  func without(_ names: [String]) -> Environment {
    var rest = self
    for name in names { rest[name] = nil }
    return rest
  }

  /// The assignments for another program, each ended by a zero.
  var assignments: [[CChar]] {
    all.map { name, value in "\(name)=\(value)".pathBytes }
  }
}
