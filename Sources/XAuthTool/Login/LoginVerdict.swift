import OAuth

/// What is to become of a grant that X has just issued to a login.
enum LoginVerdict: Sendable, Equatable {
  /// Saved, with its account where that is known.
  case save(Account?)
  /// Kept in the journal until it is confirmed: it is another account's than the file's.
  case park(Account)
  /// Revoked at X and forgotten: it is another account's than the one that was asked for.
  case reject(Account)
}
