/// One change of a document, from the old bytes to the new.
struct DotEnvRewrite {
  struct Wish {
    let change: DotEnvChange
    let key: [UInt8]
    let value: [UInt8]
  }

  /// An assignment that a wish is for.
  struct Target {
    let wish: Wish
    /// Which one it is of the document's places.
    let index: Int
  }

  let document: DotEnvDocument
  let wishes: [Wish]
  /// What is there of the wishes' keys, in the document's order.
  let targets: [Target]
  /// The wishes for keys that the document doesn't have.
  let missing: [Wish]

  init(document: DotEnvDocument, changes: [DotEnvChange]) {
    var wishes: [Wish] = []
    for change in changes {
      let wish = Wish(change: change, key: Array(change.key.utf8), value: Array(change.value.utf8))
      if let earlier = wishes.firstIndex(where: { $0.key == wish.key }) {
        wishes[earlier] = wish
      } else {
        wishes.append(wish)
      }
    }
    let targets = wishes.flatMap { wish in
      document.places.indices
        .filter { document.hasKey(wish.key, at: document.places[$0]) }
        .map { Target(wish: wish, index: $0) }
    }
    self.document = document
    self.wishes = wishes
    self.targets = targets.sorted { $0.index < $1.index }
    missing = wishes.filter { wish in !targets.contains { $0.wish.key == wish.key } }
  }

  /// The new bytes.
  func bytes() throws(DotEnvFailure) -> [UInt8] {
    // The new values may be longer: growing would copy all of it once more.
    let growth = wishes.reduce(0) { $0 + $1.key.count + 2 * $1.value.count + 8 }
    var result = [UInt8](withRoomFor: document.bytes.count + growth) { _, _ in }
    var copied = 0
    for target in targets {
      let assignment = document.assignment(at: document.places[target.index])
      if document.value(of: assignment) == target.wish.value { continue }
      result += document.bytes[copied..<assignment.extent.lowerBound]
      result += try replacement(of: assignment, with: target.wish)
      copied = assignment.extent.upperBound
    }
    result += document.bytes[copied...]
    if !missing.isEmpty { try append(to: &result) }
    return result
  }

  private func replacement(
    of assignment: DotEnvAssignment, with wish: Wish
  ) throws(DotEnvFailure) -> [UInt8] {
    let end = assignment.extent.upperBound
    let isBeforeComment = end < document.bytes.count && !document.bytes[end].isLineEnd
    let text = try write(
      wish, at: assignment.extent.lowerBound, isBeforeComment: isBeforeComment)
    // Blank means nothing after `=`: `$GITHUB_ENV` would take the spacing for a value.
    let spacing = text.isEmpty ? [] : document.bytes[assignment.spacing]
    // After a quoted value `#` needs no blank before it, after a bare one it does.
    let needsBlank = isBeforeComment && document.bytes[end] == .hash
    return spacing + text + (needsBlank ? [.space] : [])
  }

  private func append(to result: inout [UInt8]) throws(DotEnvFailure) {
    let ending = document.lineEnding.bytes
    if document.endsInsideLine { result += ending }
    // Shells and systemd join the line after a backslash to the one before: let it be empty.
    if lastLineEndsInBackslash { result += ending }
    for wish in missing {
      let text = try write(wish, at: document.bytes.count, isBeforeComment: false)
      result += wish.key + [.equals] + text + ending
    }
  }

  private var lastLineEndsInBackslash: Bool {
    var line = document.bytes.suffix(3)
    if line.last == .lineFeed { line.removeLast() }
    if line.last == .carriageReturn { line.removeLast() }
    return line.last == .backslash
  }

  /// The value of `wish` in the most portable notation that is possible at `offset`.
  private func write(
    _ wish: Wish, at offset: Int, isBeforeComment: Bool
  ) throws(DotEnvFailure) -> [UInt8] {
    let open = document.openQuotes.filter { $0.offset < offset }
    if wish.value.isEmpty {
      // Up to 1.1, python-dotenv takes the comment after `K= # comment` for the value.
      let quotes: [[UInt8]] = [[.singleQuote, .singleQuote], [.doubleQuote, .doubleQuote]]
      let safe = quotes.first { pair in !open.contains { pair.contains($0.quote) } }
      return isBeforeComment ? safe ?? [] : []
    }
    var obstacle: DotEnvOpenQuote?
    for quoting in DotEnvQuoting.allCases where quoting.holds(wish.change.value) {
      if !quoting.isPortable && wish.change.origin == .person { continue }
      let text = Array(quoting.write(wish.change.value).utf8)
      // A quote would close the one left open, and with it swallow our key.
      guard let quote = open.first(where: { text.contains($0.quote) }) else { return text }
      obstacle = obstacle ?? quote
    }
    if let obstacle { throw .openQuote(key: wish.change.key, line: obstacle.line) }
    throw .unquotable(key: wish.change.key)
  }
}
