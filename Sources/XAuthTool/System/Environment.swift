import DurableFile
import Glibc

/// The process environment. An empty value counts as unset (POSIX has no other way to unset a
/// variable for one command in every shell).
struct Environment: Sendable, ExpressibleByDictionaryLiteral {
  /// All variables as text; where bytes aren't UTF-8, U+FFFD stands in their place.
  private(set) var all: [String: String]
  /// The assignments (`NAME=VALUE` and a zero) that this process was given, by their names in `all`.
  /// Other programs get them unchanged: neither names nor values need be UTF-8.
  private var given: [String: [CChar]] = [:]

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
      let name = String(
        decoding: UnsafeRawBufferPointer(start: entry, count: equals - entry), as: UTF8.self)
      // The first of two assignments is the one getenv(3) finds.
      guard environment.all[name] == nil else { continue }
      environment.all[name] = String(cString: equals + 1)
      environment.given[name] = Array(UnsafeBufferPointer(start: entry, count: strlen(entry) + 1))
    }
    return environment
  }

  /// The variable's value; nil when it is not set or empty.
  subscript(name: String) -> String? {
    get {
      guard let value = all[name], !value.isEmpty else { return nil }
      return value
    }
    set {
      all[name] = newValue
      given[name] = nil
    }
  }

  /// The value of a variable that holds a path, whose bytes may be anything.
  func path(_ name: String) -> String? {
    guard let value = self[name] else { return nil }
    guard let assignment = given[name] else { return value }
    let bytes = assignment.drop { $0 != CChar(UInt8(ascii: "=")) }.dropFirst().dropLast()
    return String(path: bytes.map(UInt8.init(bitPattern:)))
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
    all.map { name, value in given[name] ?? Array("\(name)=\(value)".utf8CString) }
  }
}
