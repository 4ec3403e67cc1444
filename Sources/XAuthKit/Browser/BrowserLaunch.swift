/// The browser, opened without waiting for it: a launcher that finds nothing to launch gives way to
/// the next.
struct BrowserLaunch {
  private let context: Context
  private let console: Console
  private var commands: ArraySlice<[String]>
  private var started: StartedProgram?

  /// Opens `address` with what `--browser`, `BROWSER` or the system names; with nothing under
  /// `--no-browser`.
  init(_ address: String, _ call: Call) {
    context = call.context
    console = call.console
    guard !call.invocation.flag("no-browser") else {
      commands = []
      return
    }
    let context = context
    commands =
      BrowserChoice.candidates(
        for: address, option: call.invocation.value("browser"),
        environment: context.environment.all, desktop: context.desktop()
      ) { context.programs.find($0, context.environment["PATH"]) }[...]
    startNext()
    if started == nil { console.say("No browser can be opened from here.") }
  }

  /// Looks whether the launcher has failed, and if so starts the next; says so when it was the last.
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
    // A page's helpers inherit what the browser does.
    let inherited = context.environment.without(SettingName.secrets)
    while started == nil, let command = commands.popFirst() {
      console.detail("opening the browser: \(command.first ?? "")")
      started = try? context.programs.start(command, inherited)
    }
  }
}
