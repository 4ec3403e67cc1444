extension DotEnvRewrite {
  /// Reads `result` and compares: the first key that doesn't hold what it should; nil when all is
  /// well, which includes that every other assignment is what it was.
  func firstKeyNotRead(in result: DotEnvDocument) -> String? {
    for wish in wishes where result.value(of: wish.change.key)?.bytes != wish.value {
      return wish.change.key
    }
    guard result.places.count == document.places.count + missing.count else {
      return wishes.first?.change.key
    }
    var next = 0
    for target in targets {
      guard areKept(next..<target.index, in: result) else { return wishes.first?.change.key }
      guard isGranted(target, in: result) else { return target.wish.change.key }
      next = target.index + 1
    }
    let last = next..<document.places.count
    return areKept(last, in: result) ? nil : wishes.first?.change.key
  }

  private func isGranted(_ target: Target, in result: DotEnvDocument) -> Bool {
    let place = result.places[target.index]
    return result.hasKey(target.wish.key, at: place)
      && result.value(of: result.assignment(at: place)) == target.wish.value
  }

  /// Whether the assignments in `range`, none of which is to change, are what they were.
  private func areKept(_ range: Range<Int>, in result: DotEnvDocument) -> Bool {
    guard let last = range.last else { return true }
    return (isCopied(range, in: result) || range.allSatisfy { isKept($0, in: result) })
      && isKept(last, in: result)
  }

  /// Whether the keys in `range` stand in the same places of the same bytes, up to the last of them.
  /// Then all assignments but the last are the same: where no quote is left open, nothing of one lies
  /// behind the next one's key.
  private func isCopied(_ range: Range<Int>, in result: DotEnvDocument) -> Bool {
    guard document.openQuotes.isEmpty, result.openQuotes.isEmpty else { return false }
    let (old, new) = (document.places[range], result.places[range])
    guard let oldStart = old.first?.start, let oldEnd = old.last?.start,
      let newStart = new.first?.start, let newEnd = new.last?.start
    else { return true }
    return zip(old, new).allSatisfy { $0.start - oldStart == $1.start - newStart }
      && document.bytes.hasSameBytes(
        in: oldStart..<oldEnd, as: result.bytes, in: newStart..<newEnd)
  }

  private func isKept(_ index: Int, in result: DotEnvDocument) -> Bool {
    let old = document.assignment(at: document.places[index])
    let new = result.assignment(at: result.places[index])
    return old.notation == new.notation
      && document.bytes.hasSameBytes(in: old.key, as: result.bytes, in: new.key)
      && document.bytes.hasSameBytes(in: old.content, as: result.bytes, in: new.content)
  }
}
