/// The rules of a `.dockerignore`: what a build of an image doesn't get to see, so that no `COPY` can
/// put it into the image.
///
/// As Docker documents them and its patternmatcher applies them: each rule begins at the folder of the
/// file, and the last one that matches a path, or a folder above it, decides.
struct DockerIgnore: Sendable, Equatable {
  /// One line of the file.
  private struct Rule: Equatable {
    let pattern: DockerPattern
    /// It began with `!`: what it matches is let in again.
    let isException: Bool
  }

  private let rules: [Rule]

  /// Reads the text of the file.
  init(_ text: String) {
    var scalars = text.unicodeScalars[...]
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    rules = scalars.split(separator: "\n").compactMap(Self.rule)
  }

  /// Whether the file at `path`, relative to the folder of the rules, is left out.
  func excludes(_ path: String) -> Bool {
    let path = Array(path.unicodeScalars)
    return rules.reduce(false) { isLeftOut, rule in
      // A rule that would change nothing isn't tried.
      guard rule.isException == isLeftOut, rule.pattern.matches(path) else {
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
    let parts = parts(of: isException ? trimmed(text.dropFirst()) : text)
    guard !parts.isEmpty else { return nil }
    return Rule(
      pattern: DockerPattern(Array(parts.joined(separator: ["/"]))), isException: isException)
  }

  private static func trimmed(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    var rest = text.drop(while: \.properties.isWhitespace)
    while rest.last?.properties.isWhitespace == true { rest.removeLast() }
    return rest
  }

  /// The parts of a path without `.` and empty ones, each `..` taking one away.
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
