import Glibc
import OAuth

/// Opens the browser without waiting for it. If a launcher finds nothing to launch, the next is tried.
struct BrowserLaunch {
  private let context: Context
  private let console: Console
  private var commands: ArraySlice<[String]>
  private var started: StartedProgram?

  /// Opens `address` with what `--browser`, `BROWSER` or the system names, unless there is
  /// `--no-browser`.
  init(_ address: String, _ call: Call) {
    context = call.context
    console = call.console
    guard !call.options.noBrowser else {
      commands = []
      return
    }
    let context = context
    let choice = BrowserChoice(
      option: call.options.browser, environment: context.environment.all,
      find: { context.programs.find($0, context.environment["PATH"]) })
    commands = choice.candidates(for: address, on: context.desktop())[...]
    if let missing = choice.missing {
      console.warn(
        "\(missing.source): \(missing.program) was not found"
          + (missing.program.contains("/") ? "" : " on PATH"))
    }
    startNext()
    if started == nil, !choice.isNoBrowser { console.say("No browser can be opened from here.") }
  }

  /// If the launcher has failed, starts the next; warns when it was the last.
  mutating func check() {
    guard let started, started.hasFailed() else { return }
    startNext()
    if self.started == nil {
      console.status(nil)
      console.warn("the browser could not be opened", hint: "open the address above yourself")
    }
  }

  private mutating func startNext() {
    started = nil
    // What the browser inherits, its helpers for pages inherit too.
    let inherited = context.environment.without(SettingName.secrets)
    while started == nil, let command = commands.popFirst() {
      console.detail("opening the browser: \(command.first ?? "")")
      do throws(ProgramNotStarted) {
        started = try context.programs.start(command, inherited)
      } catch {
        explain(error)
      }
    }
  }

  /// Warns about a program that exists and doesn't start: nothing else would show it.
  private func explain(_ failure: ProgramNotStarted) {
    guard let path = context.programs.find(failure.name, context.environment["PATH"]) else {
      return
    }
    let reason =
      switch failure.errno {
      case ENOEXEC: "it is no program, and as a script it has no #! in its first line"
      case ENOENT: "what its first line names behind #! is not there"
      default: systemText(failure.errno)
      }
    console.warn("\(sanitized(path, limit: 200)) can't be executed: \(reason)")
  }
}
