extension DotEnvRewrite {
  /// Reads `result` and compares: the first key that doesn't hold what it should; nil when all is
  /// well, which includes that every other assignment is what it was.
  func firstKeyNotRead(in result: DotEnvDocument) -> String? {
    for wish in wishes where result.value(of: wish.change.key)?.bytes != wish.value {
      return wish.change.key
    }
    let before = document.assignments
    guard result.assignments.count == before.count + missing.count else {
      return wishes.first?.change.key
    }
    for (old, new) in zip(before, result.assignments) where !isKept(old, as: new, in: result) {
      return wish(for: old)?.change.key ?? wishes.first?.change.key
    }
    return nil
  }

  private func isKept(
    _ old: DotEnvAssignment, as new: DotEnvAssignment, in result: DotEnvDocument
  ) -> Bool {
    guard document.bytes.hasSameBytes(in: old.key, as: result.bytes, in: new.key) else {
      return false
    }
    if let wish = wish(for: old) { return result.value(of: new).bytes == wish.value }
    return old.notation == new.notation
      && document.bytes.hasSameBytes(in: old.content, as: result.bytes, in: new.content)
  }
}
