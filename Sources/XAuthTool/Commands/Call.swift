import CommandTable

/// One call of a command, and the world it runs in.
struct Call: Sendable {
  /// The command's name.
  let command: String
  var context: Context
  let options: Options
  let operands: [String]
  let console: Console
  let tool: Tool

  /// Reads the settings.
  func settings() throws(Failure) -> Settings { try Settings.open(options, context) }
}

extension Call {
  /// Has a child do the work, where this is the first process of a container; its exit code, or nil where
  /// it isn't.
  func delegated() -> ExitCode? {
    guard
      let child = context.programs.delegate(
        [context.programName] + context.arguments, context.environment)
    else {
      return nil
    }
    return child.accompany(context, context.signals.watch())
  }

  /// Makes sure that there is the command to run, before anything is renewed for it.
  func requireCommand() throws(Failure) {
    do throws(ProgramNotStarted) {
      // Even an empty one, which a shell would look for in the working folder.
      _ = try context.programs.locate(operands.first ?? "", context.environment.all["PATH"])
    } catch {
      throw .program(error)
    }
  }

  /// Starts the command beside this program.
  func startCommand(_ environment: Environment, readsInput: Bool) throws(Failure) -> RunningProgram
  {
    do throws(ProgramNotStarted) {
      return try context.programs.accompany(operands, environment, readsInput)
    } catch {
      throw .program(error)
    }
  }

  /// Waits for one of the signals that `watched` tells of.
  func waitForSignal(_ watched: Int32?) {
    while context.awaitReadable([watched].compactMap { $0 }, context.clock.uptime() + 60) == nil {}
  }

  /// Asks the person at the terminal. The answer comes without the blanks that copying adds; nil at
  /// the end of input.
  func ask(_ question: String, echo: Bool = true) -> String? {
    guard let answer = context.terminal.ask(console.question(question), echo) else {
      if echo { console.write("\n") }
      return nil
    }
    return answer.trimmedBlanks
  }

  /// Asks the person a yes-or-no question. An empty line means `byDefault`, the end of input no.
  func confirms(_ question: String, byDefault: Bool = false) -> Bool {
    let choice = byDefault ? "[Y/n]" : "[y/N]"
    guard let answer = ask("\(question) \(choice) ")?.lowercased() else { return false }
    return answer.isEmpty ? byDefault : ["y", "yes"].contains(answer)
  }
}

extension String {
  /// The text without blanks and line breaks at its ends.
  fileprivate var trimmedBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
    guard let last = lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(self[...last].drop(while: isBlank))
  }
}
