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
      // Only a rule that would change the result has to be matched.
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

/// A pattern of a `.dockerignore`: that of Go's `filepath.Match`, and `**`.
///
/// All positions where the tokens so far can end are tracked together. Without backtracking, a match
/// takes at most the length of the pattern times the length of the path.
private struct DockerPattern: Sendable, Equatable {
  private typealias Scalars = ArraySlice<Unicode.Scalar>

  private enum Token: Equatable {
    /// One scalar of these, or none of these.
    case scalar([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    /// `*`: anything but a slash.
    case name
    /// `**/`: any folders, or none.
    case folders
    /// Anything at all.
    case everything

    static func only(_ scalar: Unicode.Scalar) -> Token {
      .scalar([scalar...scalar], isNegated: false)
    }
  }

  private var tokens: [Token] = []

  /// Reads a pattern. A class that isn't closed matches nothing: Docker rejects such a file.
  init(_ pattern: [Unicode.Scalar]) {
    var rest = pattern[...]
    while let token = Self.next(&rest) { tokens.append(token) }
    // In Docker, literal text after a leading `**` may begin in the middle of a name: `**.env`.
    let isLiteral = tokens.dropFirst().allSatisfy {
      if case .scalar(let scalars, false) = $0 { scalars.count == 1 } else { false }
    }
    if tokens.first == .folders, pattern.dropFirst(2).first != "/", isLiteral {
      tokens[0] = .everything
    }
  }

  /// Whether the pattern matches all of `path`, or all of a folder above it.
  func matches(_ path: [Unicode.Scalar]) -> Bool {
    // Where the tokens so far can end.
    var ends = [true] + path.map { _ in false }
    for token in tokens where ends.contains(true) { ends = Self.ends(of: token, from: ends, path) }
    return ends.indices.contains { ends[$0] && ($0 == path.count || path[$0] == "/") }
  }

  private static func ends(
    of token: Token, from starts: [Bool], _ path: [Unicode.Scalar]
  ) -> [Bool] {
    var isOpen = false
    return starts.indices.map { end in
      let before = end > 0 ? path[end - 1] : nil
      switch token {
      case .scalar(let scalars, let isNegated):
        guard let before, starts[end - 1] else { return false }
        return scalars.contains { $0.contains(before) } != isNegated
      case .name:
        isOpen = starts[end] || isOpen && before != "/"
        return isOpen
      case .folders:
        let isAfterFolder = isOpen && before == "/"
        isOpen = isOpen || starts[end]
        return starts[end] || isAfterFolder
      case .everything:
        isOpen = isOpen || starts[end]
        return isOpen
      }
    }
  }

  private static func next(_ rest: inout Scalars) -> Token? {
    guard let first = rest.popFirst() else { return nil }
    switch first {
    case "*" where rest.first == "*":
      rest.removeFirst()
      if rest.first == "/" { rest.removeFirst() }
      return rest.isEmpty ? .everything : .folders
    case "*": return .name
    case "?": return .scalar(["/"..."/"], isNegated: true)
    case "[": return group(&rest)
    case "\\": return .only(rest.popFirst() ?? first)
    default: return .only(first)
    }
  }

  /// What is between `[` and `]`.
  private static func group(_ rest: inout Scalars) -> Token {
    let isNegated = rest.first == "^"
    if isNegated { rest.removeFirst() }
    var scalars: [ClosedRange<Unicode.Scalar>] = []
    while let low = literal(&rest) {
      var high = low
      if rest.first == "-" {
        rest.removeFirst()
        high = literal(&rest) ?? low
      }
      if low <= high { scalars.append(low...high) }
      if rest.first == "]" {
        rest.removeFirst()
        return .scalar(scalars, isNegated: isNegated)
      }
    }
    return .scalar([], isNegated: false)
  }

  private static func literal(_ rest: inout Scalars) -> Unicode.Scalar? {
    guard let first = rest.popFirst() else { return nil }
    return first == "\\" ? rest.popFirst() : first
  }
}
