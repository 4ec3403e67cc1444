import CommandTable

@testable import XAuthTool

extension FuzzTarget {
  /// A command line of xauth itself, its words separated by US.
  static let arguments = FuzzTarget(name: "arguments") { input in
    let words = input.split(separator: 0x1F, omittingEmptySubsequences: false)
      .map { Array($0).text }
    let invocation: Invocation
    do throws(UsageError) {
      invocation = try tool.parse(words)
    } catch {
      return try check(error, about: words)
    }
    try check(invocation, of: words)
  }

  private static let tool = Tool.xauth(named: "xauth")

  private static func check(_ invocation: Invocation, of words: [String]) throws {
    guard let command = tool.command(named: invocation.command) else {
      throw BrokenPromise(description: "a command is one of the table")
    }
    var spelled = [command.name]
    for (name, values) in invocation.options {
      let option = (command.options + tool.commonOptions).first { $0.name == name }
      // Help and version may be asked for beside the options of any command.
      try promise(
        "an option is one of the command's", option != nil || command.name == "help")
      spelled += values.isEmpty ? ["--\(name)"] : values.map { "--\(name)=\($0)" }
      for value in values {
        try promise(
          "a value was typed", words.contains { $0 == value || $0.hasSuffix("=\(value)") })
      }
    }
    spelled.append("--")
    spelled += invocation.operands
    try promise(
      "an operand was typed, or is what to explain",
      invocation.operands.allSatisfy { words.contains($0) || command.name == "help" })
    if !["help", "version"].contains(command.name) {
      try promise("it means the same when spelled out", try tool.parse(spelled) == invocation)
    }
  }

  private static func check(_ error: UsageError, about words: [String]) throws {
    for line in [error.message, error.hint(tool: "xauth")] {
      try promise(
        "a message is a line without control characters",
        line.unicodeScalars.allSatisfy {
          ![.control, .format, .lineSeparator].contains($0.properties.generalCategory)
        })
      try promise("a message is short", line.unicodeScalars.count < 500)
      try promise(
        "what is long may be a token, and isn't shown",
        !words.contains { $0.unicodeScalars.count > 40 && line.contains($0) })
    }
  }
}
