/// Arrows drawn in text: `A ──► B` in a line; `├──►` and `└──►` lead from what stands before the
/// `┬`. The words after the last arrow's target say what it is good for.
struct Picture {
  /// What each name has an arrow to.
  private(set) var arrows: [String: Set<String>] = [:]
  /// What the branches of the lines to come lead from.
  private var trunk: String?

  init(_ lines: [String]) {
    for line in lines where line.contains("►") {
      read(line.split(separator: " ").map(String.init))
    }
  }

  private mutating func read(_ words: [String]) {
    var source = trunk
    var isTarget = false
    for (index, word) in words.enumerated() {
      if word.contains("►") {
        isTarget = true
        if word.contains("┬") { trunk = source }
      } else if isTarget, let from = source {
        arrows[from, default: []].insert(word)
        source = word
        isTarget = false
      } else if index == 0 {
        source = word
      } else {
        break
      }
    }
    if words.first?.contains("└") == true { trunk = nil }
  }
}
