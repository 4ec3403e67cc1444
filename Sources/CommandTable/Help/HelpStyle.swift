/// How a help page may be decorated.
public enum HelpStyle: Sendable {
  /// Text alone: for pipes, dumb terminals and `NO_COLOR`.
  case plain
  /// Headings in bold, by ECMA-48's SGR.
  case bold
}
