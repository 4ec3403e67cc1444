/// One change of a document, from the old bytes to the new.
struct DotEnvRewrite {
  struct Wish {
    let change: DotEnvChange
    let key: [UInt8]
    let value: [UInt8]
  }

  let document: DotEnvDocument
  let wishes: [Wish]
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
    self.document = document
    self.wishes = wishes
    missing = wishes.filter { document.value(of: $0.change.key) == nil }
  }

  /// The new bytes.
  func bytes() throws(DotEnvFailure) -> [UInt8] {
    var result: [UInt8] = []
    // The new values may be longer: growing would copy all of it once more.
    result.reserveCapacity(
      document.bytes.count + wishes.reduce(0) { $0 + $1.key.count + 2 * $1.value.count + 8 })
    var copied = 0
    for assignment in document.assignments {
      guard let wish = wish(for: assignment), !isGranted(wish, by: assignment) else { continue }
      result += document.bytes[copied..<assignment.extent.lowerBound]
      result += try replacement(of: assignment, with: wish)
      copied = assignment.extent.upperBound
    }
    result += document.bytes[copied...]
    if !missing.isEmpty { try append(to: &result) }
    return result
  }

  func wish(for assignment: DotEnvAssignment) -> Wish? {
    let key = document.bytes[assignment.key]
    return wishes.first { $0.key.count == key.count && key.elementsEqual($0.key) }
  }

  private func isGranted(_ wish: Wish, by assignment: DotEnvAssignment) -> Bool {
    document.value(of: assignment).bytes == wish.value
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
      if quoting == .escapes && wish.change.origin == .person { continue }
      let text = Array(quoting.write(wish.change.value).utf8)
      // A quote would close the one left open, and with it swallow our key.
      guard let quote = open.first(where: { text.contains($0.quote) }) else { return text }
      obstacle = obstacle ?? quote
    }
    if let obstacle { throw .openQuote(key: wish.change.key, line: obstacle.line) }
    throw .unquotable(key: wish.change.key)
  }
}
