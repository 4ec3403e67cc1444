import Glibc
import OAuth

/// Opens the browser without waiting for it. If a launcher finds nothing to launch, the next is tried.
struct BrowserLaunch {
  private let context: Context
  private let console: Console
  /// nil where none is to be opened: under `--no-browser`, and under `--paste`, where nothing listens
  /// at the address that a browser is started with.
  private let choice: BrowserChoice?
  private var commands: ArraySlice<[String]> = []
  private var started: StartedProgram?

  /// Finds out which programs `--browser`, `BROWSER` or the system names.
  init(_ call: Call) {
    context = call.context
    console = call.console
    let (context, options) = (call.context, call.options)
    choice =
      options.noBrowser || options.paste
      ? nil
      : BrowserChoice(
        option: options.browser, environment: context.environment.all,
        find: { context.programs.find($0, context.environment["PATH"]) })
  }

  /// Whether there is something to start.
  var isPossible: Bool { choice?.candidates(for: "", on: context.desktop()).isEmpty == false }

  /// Opens `address`, which everybody on this machine can read in the list of processes; nil: only
  /// says why nothing can be opened. Returns whether a program was started.
  mutating func start(_ address: String?) -> Bool {
    guard let choice else { return false }
    if let missing = choice.missing {
      console.warn(
        "\(missing.source): \(missing.program) was not found"
          + (missing.program.contains("/") ? "" : " on PATH"))
    }
    if let address { commands = choice.candidates(for: address, on: context.desktop())[...] }
    startNext()
    if started == nil, !choice.isNoBrowser { console.say("No browser can be opened from here.") }
    return started != nil
  }

  /// If the launcher has failed, starts the next. Returns whether it was the last.
  mutating func hasFailed() -> Bool {
    guard let started, started.hasFailed() else { return false }
    startNext()
    return self.started == nil
  }

  private mutating func startNext() {
    started = nil
    // What the browser inherits, its helpers for pages inherit too.
    var inherited = context.environment.without(SettingName.secrets)
    // A launcher looks for browsers there in its turn.
    inherited["PATH"] = inherited["PATH"].map(ProgramSearch.absolute)
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
