/// The shells that a completion script can be made for.
public enum CompletionShell: String, Sendable, CaseIterable {
  /// Bash, also the 3.2 of macOS; needs no bash-completion.
  case bash
  /// Zsh with its completion system loaded (`compinit`).
  case zsh
  /// Fish 3.0 or newer.
  case fish
}
