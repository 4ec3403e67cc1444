/// What git says about files that hold tokens.
struct Git: Sendable {
  /// Asks about the files at these absolute paths, which are in `folder` or below it and need not
  /// exist.
  var ask: @Sendable (_ paths: [String], _ folder: String) -> GitAnswer
}

/// What git would do with the files that it was asked about.
enum GitAnswer: Equatable, Sendable {
  /// They are in no repository.
  case noRepository
  /// It ignores all of them.
  case ignored
  /// It has the files `tracked` already; `git add` would take those `untracked`.
  case wouldCommit(tracked: [String], untracked: [String])
  /// There is a repository, and no git on PATH.
  case notInstalled
  /// Git gave no answer, for a reason of one line.
  case noAnswer(String)
}
