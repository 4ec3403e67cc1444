extension DotEnvDocument {
  /// The document with all `changes` made at once: each value in place, in every assignment of its
  /// key, or appended. Of two changes of one key the last counts, as in the file.
  ///
  /// A value that is already there keeps its bytes, so that a second call changes nothing. The
  /// result has been read back and compared.
  public func setting(_ changes: [DotEnvChange]) throws(DotEnvFailure) -> DotEnvDocument {
    if let change = changes.first(where: { !$0.hasPortableKey }) {
      throw .invalidKey(change.key)
    }
    let rewrite = DotEnvRewrite(document: self, changes: changes)
    let result = DotEnvDocument(try rewrite.bytes())
    if let key = rewrite.firstKeyNotRead(in: result) { throw .notReadBack(key: key) }
    return result
  }
}
