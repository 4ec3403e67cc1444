import CommandTable
import Glibc

/// The tool: from what was typed to the exit code.
public enum XAuth {
  /// Runs one command and returns the process's exit code. A failure is reported once, here.
  public static func run(_ context: Context) -> Int32 {
    let tool = Tool.xauth(named: context.programName)
    do {
      let invocation = try tool.parse(context.arguments)
      let options = Options(invocation)
      let console = Console(context, options, of: Tool.subcommand(named: invocation.command))
      let call = Call(
        command: invocation.command, context: context, options: options,
        operands: invocation.operands, console: console,
        tool: tool)
      do {
        guard let subcommand = Tool.subcommand(named: invocation.command)
        else { throw Failure.unexpected("\(invocation.command) is in no table") }
        let exit = try subcommand.run(call)
        context.signals.release()
        return exit.rawValue
      } catch {
        let failure = Failure(error)
        let report = failure.report
        // Signals act again before the report, so that a second Ctrl-C works if standard error is
        // stuck; one that was held ends the process after it.
        context.signals.restore()
        if case .outputClosed(EPIPE, done: nil) = failure {
          // Nothing was done and nobody reads the output: that isn't worth a report.
          context.signals.release()
          context.signals.endByBrokenPipe()
        }
        call.console.fail(report)
        context.signals.release()
        return report.exit.rawValue
      }
    } catch {
      // What couldn't be parsed still says whether a program is listening.
      let typed = context.arguments.prefix { $0 != "--" }
      let report = FailureReport(error, tool: tool.name)
      Console(
        context, json: typed.contains("--json"), quiet: false, verbose: false, noColor: false,
        failsOnOutput: typed.lazy.compactMap(Tool.subcommand(named:)).first?.failsOnOutput ?? true
      ).fail(report)
      return report.exit.rawValue
    }
  }
}

extension Console {
  fileprivate init(
    _ context: Context, _ options: Options, of command: (any Subcommand.Type)?
  ) {
    self.init(
      context, json: options.json, quiet: options.quiet,
      verbose: options.verbose,
      noColor: options.noColor, file: options.envFile,
      failsOnOutput: command?.failsOnOutput ?? true)
  }
}
