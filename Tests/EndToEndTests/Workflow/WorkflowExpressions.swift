import Testing

/// What the expressions of a workflow are worth, by their names: `secrets.TOKEN`.
struct WorkflowExpressions {
  /// What isn't set is empty.
  var values: [String: String]

  /// `text` with its expressions, such as `${{ secrets.TOKEN }}`, filled in.
  func filled(_ text: String) -> String {
    text.replacing(/\$\{\{ *([A-Za-z0-9_.-]+) *\}\}/) { values[String($0.1)] ?? "" }
  }

  /// Whether a condition such as `steps.ID.outputs.NAME != 'VALUE'` holds; no other form is known.
  func holds(_ condition: String) throws -> Bool {
    let parts = try #require(condition.wholeMatch(of: /([A-Za-z0-9_.-]+) != '([^']*)'/))
    return values[String(parts.1)] ?? "" != parts.2
  }
}
