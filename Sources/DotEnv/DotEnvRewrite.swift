/// Makes changes to a document: the new bytes, and the check that they say what they should.
struct DotEnvRewrite {
  private let document: DotEnvDocument
  /// At most one for each key.
  private let changes: [DotEnvChange]
  /// The changes of keys that the document doesn't assign.
  private let missing: [DotEnvChange]

  init(document: DotEnvDocument, changes: [DotEnvChange]) {
    var unique: [DotEnvChange] = []
    for change in changes {
      if let earlier = unique.firstIndex(where: { $0.key == change.key }) {
        unique[earlier] = change
      } else {
        unique.append(change)
      }
    }
    self.document = document
    self.changes = unique
    missing = unique.filter { change in
      !document.assignments.contains { document.isKey(change.key, of: $0) }
    }
  }

  /// The new bytes.
  func bytes() throws(DotEnvFailure) -> [UInt8] {
    var result: [UInt8] = []
    var copied = 0
    for assignment in document.assignments {
      guard let change = change(of: assignment),
        !document.value(of: assignment).elementsEqual(change.value.utf8)
      else { continue }
      result += document.bytes[copied..<assignment.extent.lowerBound]
      result += try replacement(of: assignment, by: change)
      copied = assignment.extent.upperBound
    }
    result += document.bytes[copied...]
    if !missing.isEmpty { try append(to: &result) }
    return result
  }

  /// Compares `result`, the new bytes parsed again, with the document: the first key whose value
  /// isn't what it should be, or a changed key if any other assignment differs; nil when all is well.
  func firstKeyNotRead(in result: DotEnvDocument) -> String? {
    for change in changes where !isValue(result.value(of: change.key)?.bytes, of: change) {
      return change.key
    }
    let (old, new) = (document.assignments, result.assignments)
    guard new.count == old.count + missing.count else { return changes.first?.key }
    for (old, new) in zip(old, new) {
      if let change = change(of: old) {
        guard result.isKey(change.key, of: new), isValue(result.value(of: new), of: change)
        else { return change.key }
      } else {
        guard isSame(old, as: new, in: result) else { return changes.first?.key }
      }
    }
    return nil
  }

  /// Whether the quote goes away together with the value that it stands in.
  private func isReplaced(_ quote: DotEnvOpenQuote) -> Bool {
    document.assignments.contains { assignment in
      guard assignment.extent.contains(quote.offset), let change = change(of: assignment) else {
        return false
      }
      return !isValue(document.value(of: assignment), of: change)
    }
  }

  private func change(of assignment: DotEnvAssignment) -> DotEnvChange? {
    changes.first { document.isKey($0.key, of: assignment) }
  }

  private func isValue(_ bytes: [UInt8]?, of change: DotEnvChange) -> Bool {
    bytes?.elementsEqual(change.value.utf8) ?? false
  }

  private func isSame(
    _ old: DotEnvAssignment, as new: DotEnvAssignment, in result: DotEnvDocument
  ) -> Bool {
    old.notation == new.notation
      && document.bytes[old.key] == result.bytes[new.key]
      && document.bytes[old.content] == result.bytes[new.content]
  }

  private func replacement(
    of assignment: DotEnvAssignment, by change: DotEnvChange
  ) throws(DotEnvFailure) -> [UInt8] {
    let end = assignment.extent.upperBound
    let isBeforeComment = end < document.bytes.count && !document.bytes[end].isLineEnd
    let text = try notation(
      of: change, at: assignment.extent.lowerBound, isBeforeComment: isBeforeComment)
    // For an empty value nothing may follow `=`: `$GITHUB_ENV` would read the spacing as the value.
    let spacing = text.isEmpty ? [] : document.bytes[assignment.spacing]
    // After a quoted value `#` needs no blank before it, after a bare one it does.
    let needsBlank = isBeforeComment && document.bytes[end] == .hash
    return spacing + text + (needsBlank ? [.space] : [])
  }

  private func append(to result: inout [UInt8]) throws(DotEnvFailure) {
    let ending = document.lineEnding.bytes
    if document.endsInsideLine { result += ending }
    // Shells and systemd join a line to the one before it if that ends in a backslash: leave it an
    // empty line to join.
    if lastLineEndsInBackslash { result += ending }
    for change in missing {
      let text = try notation(of: change, at: document.bytes.count, isBeforeComment: false)
      result += Array(change.key.utf8) + [.equals] + text + ending
    }
  }

  private var lastLineEndsInBackslash: Bool {
    var line = document.bytes.suffix(3)
    if line.last == .lineFeed { line.removeLast() }
    if line.last == .carriageReturn { line.removeLast() }
    return line.last == .backslash
  }

  /// The value of `change` in the most portable notation that is possible at `offset`.
  private func notation(
    of change: DotEnvChange, at offset: Int, isBeforeComment: Bool
  ) throws(DotEnvFailure) -> [UInt8] {
    let open = document.openQuotes.filter { $0.offset < offset && !isReplaced($0) }
    if change.value.isEmpty {
      // Up to 1.1, python-dotenv reads the comment of `K= # comment` as the value.
      let quotes: [[UInt8]] = [[.singleQuote, .singleQuote], [.doubleQuote, .doubleQuote]]
      let safe = quotes.first { pair in !open.contains { pair.contains($0.quote) } }
      return isBeforeComment ? safe ?? [] : []
    }
    var obstacle: DotEnvOpenQuote?
    for quoting in DotEnvQuoting.allCases where quoting.holds(change.value) {
      if !quoting.isPortable && change.origin == .person { continue }
      let text = Array(quoting.write(change.value).utf8)
      // A quote would close the one left open before it, and the key would become part of that value.
      guard let quote = open.first(where: { text.contains($0.quote) }) else { return text }
      obstacle = obstacle ?? quote
    }
    if let obstacle { throw .openQuote(key: change.key, line: obstacle.line) }
    throw .unquotable(key: change.key)
  }
}
