import Glibc
import Paths

/// The rules of a `.dockerignore`: what is left out of a build's context, so that no `COPY` can put it
/// into the image.
///
/// They work as Docker documents them and its patternmatcher applies them: each rule begins at the
/// folder of the file, and the last one that matches a path, or a folder above it, decides.
struct DockerIgnore: Sendable, Equatable {
  /// One line of the file.
  private struct Rule: Equatable {
    let pattern: DockerPattern
    /// It began with `!`: what it matches is included again.
    let isException: Bool
  }

  private let rules: [Rule]

  /// Reads the text of the file, whose bytes are those of paths.
  init(_ text: String) {
    var scalars = text.unicodeScalars[...]
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    rules = scalars.split(separator: "\n").compactMap(Self.rule)
  }

  /// Whether the file at `path`, relative to the folder of the rules, is left out.
  func excludes(_ path: String) -> Bool {
    let names = path.unicodeScalars.split(separator: "/").map(String.init)
    return rules.reduce(false) { isLeftOut, rule in
      // Only a rule that would change the result has to be matched.
      guard rule.isException == isLeftOut, rule.pattern.matches(names) else {
        return isLeftOut
      }
      return !rule.isException
    }
  }

  private static func rule(_ line: Substring.UnicodeScalarView) -> Rule? {
    // Only in the first column does `#` begin a comment.
    guard line.first != "#" else { return nil }
    let text = trimmed(line)
    let isException = text.first == "!"
    let parts = parts(of: isException ? trimmed(text.dropFirst()) : text).map(String.init)
    guard !parts.isEmpty else { return nil }
    return Rule(pattern: DockerPattern(parts), isException: isException)
  }

  private static func trimmed(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    var rest = text.drop(while: \.properties.isWhitespace)
    while rest.last?.properties.isWhitespace == true { rest.removeLast() }
    return rest
  }

  /// The components of a path: `.` and empty ones are dropped, and `..` removes the one before it.
  private static func parts(
    of path: Substring.UnicodeScalarView
  ) -> [Substring.UnicodeScalarView] {
    path.split(separator: "/").reduce(into: []) { parts, part in
      switch String(part) {
      case ".": return
      case ".." where !parts.isEmpty: parts.removeLast()
      // There is nothing above the root.
      case ".." where path.first == "/": return
      default: parts.append(part)
      }
    }
  }
}

/// A pattern of a `.dockerignore`: names as fnmatch(3) matches them, and `**` between them for any
/// number of folders.
///
/// Docker's own matching differs in rare cases, where `doctor` may warn of a file that is in fact left
/// out. There a `**` after text (`a**b`) and a negated class (`a[^x]b`) also match a slash, and a `?`
/// matches any character; here it matches one byte.
private struct DockerPattern: Sendable, Equatable {
  /// The names between one `**` and the next.
  private let runs: [[String]]

  /// Reads a pattern from its names.
  init(_ parts: [String]) {
    var names = parts.flatMap(Self.names)
    // In Docker, literal text after a leading `**` may begin in the middle of a name: `**.env`.
    if let first = parts.first, first.hasPrefix("**"), first != "**",
      !(first.dropFirst(2) + parts.dropFirst().joined()).contains(where: "*?[\\".contains)
    {
      names[1] = "*\(names[1])"
    }
    // What is in a folder that matches is left out with it, so at the end one name will do.
    if names.last == "**" { names[names.count - 1] = "*" }
    runs = names.split(separator: "**", omittingEmptySubsequences: false).map(Array.init)
  }

  /// Whether the pattern matches the path made of `names`, or a folder above it.
  func matches(_ names: [String]) -> Bool {
    var rest = names[...]
    for (number, run) in runs.enumerated() {
      // Each run is taken where it first matches: any later place leaves less of the path for the
      // runs after it. So nothing is ever tried twice, and no pattern takes long.
      while !Self.matches(run, rest) {
        if number == 0 || rest.isEmpty { return false }
        rest.removeFirst()
      }
      rest = rest.dropFirst(run.count)
    }
    return true
  }

  /// Whether `names` begins with names that match those of `run`.
  private static func matches(_ run: [String], _ names: ArraySlice<String>) -> Bool {
    run.count <= names.count
      && zip(run, names).allSatisfy { fnmatch($0.pathBytes, $1.pathBytes, 0) == 0 }
  }

  /// One part of a pattern, as `**` and names for fnmatch(3).
  private static func names(_ part: String) -> [String] {
    if part == "**" { return [part] }
    if part.hasPrefix("**") { return ["**"] + names(String(part.dropFirst(2))) }
    // In Docker only `^` negates a class.
    return [part.replacing("[!", with: "[\\!")]
  }
}
