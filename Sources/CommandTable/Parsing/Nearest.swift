/// Finds the name that was probably meant.
public enum Nearest {
  /// Longer words aren't typing mistakes, and computing the distance takes quadratic time.
  private static let longestWord = 40

  /// The candidate closest to `word`, the first of equals; nil when none is close.
  public static func name(to word: String, among candidates: [String]) -> String? {
    guard !word.isEmpty, word.utf8.count <= longestWord else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(Array(word.utf8), Array(candidate.utf8))
      // At most a third of the letters wrong, and at most three: beyond that a hint misleads.
      let limit = min(max(1, candidate.utf8.count / 3), 3)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Damerau's distance in the variant that edits no letter twice: insertions, deletions,
  /// substitutions and swaps of neighbours.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        let change = last[j] + (a[i] == b[j] ? 0 : 1)
        var cost = min(change, last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
