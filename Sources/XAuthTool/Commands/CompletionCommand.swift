import CommandTable

/// `completion`: the script that makes a shell complete the commands
enum CompletionCommand: Subcommand {
  static let name = "completion"
  static let failsOnOutput = false

  static func row(for tool: String) -> Command {
    Command(
      name, section: "Help", summary: "print a completion script for a shell",
      discussion: """
        The script completes the name that you called the program by. `scripts/install` puts it \
        where the shell looks for it. To try it, load it into a running shell.
        """,
      operands: [
        Operand("SHELL", .choice(CompletionShell.allCases.map(\.rawValue)), help: "Which shell")
      ],
      exitCodes: ExitCode.list(),
      examples: [
        Example("source <(\(tool) completion bash)", "Complete in this bash"),
        Example("\(tool) completion fish | source", "Complete in this fish"),
      ])
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let name = call.operands.first ?? ""
    guard let shell = CompletionShell(rawValue: name) else {
      throw .unexpected("\(name) is in no table")
    }
    try call.console.data(shell.script(completing: call.tool))
    return .done
  }
}
