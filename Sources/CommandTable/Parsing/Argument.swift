/// Arguments as messages may show them.
enum Argument {
  /// Longer arguments are not shown. Nothing that one mistypes is longer, but tokens,
  /// authorization codes and the URLs that carry them are, and messages end in logs.
  private static let longest = 40

  /// `argument` itself if it is short, with its control characters replaced; else its length.
  static func shown(_ argument: String) -> String {
    let scalars = argument.unicodeScalars
    guard scalars.count <= longest else { return "(\(scalars.count) characters)" }
    var text = ""
    for scalar in scalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
