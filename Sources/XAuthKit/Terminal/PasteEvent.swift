/// What reading the paste came to.
enum PasteEvent: Equatable, Sendable {
  /// Nothing yet: no line has ended.
  case none
  /// A line, not empty, ended by Enter; the lines of one paste are joined (a terminal that wraps
  /// breaks a long URL in two). Never ended by a pause alone: half a code must not be sent.
  case text(String)
  /// A line over 16 KiB ended; all of it was dropped.
  case tooLong
  /// Nobody can type any more: Ctrl-D on an empty line, or the terminal is gone.
  case endOfInput
}

extension PasteEvent: CustomStringConvertible, CustomDebugStringConvertible {
  /// The kind of event; the text may hold an authorization code and is left out.
  var description: String {
    switch self {
    case .none: "none"
    case .text: "text"
    case .tooLong: "tooLong"
    case .endOfInput: "endOfInput"
    }
  }

  /// The same as `description`.
  var debugDescription: String { description }
}
