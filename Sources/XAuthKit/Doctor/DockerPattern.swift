/// A pattern of a `.dockerignore`: that of Go's `filepath.Match`, and `**`.
///
/// It is tried token by token, each from everywhere that those before it can end, so that no pattern
/// takes longer than its length times the path's.
struct DockerPattern: Sendable, Equatable {
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

  /// Reads a pattern. A class that isn't closed matches nothing: Docker refuses the file.
  init(_ pattern: [Unicode.Scalar]) {
    var rest = pattern[...]
    while let token = Self.next(&rest) { tokens.append(token) }
    // In Docker, what is literal after a leading `**` may begin within a name: `**.env`.
    let isLiteral = tokens.dropFirst().allSatisfy {
      if case .scalar(let scalars, false) = $0 { scalars.count == 1 } else { false }
    }
    if tokens.first == .folders, pattern.dropFirst(2).first != "/", isLiteral {
      tokens[0] = .everything
    }
  }

  /// Whether the pattern describes all of `path`, or of a folder above it.
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
