import CommandTable

/// A small tool with one of everything that a table can hold.
func sampleTool(named name: String = "ferry") -> Tool {
  Tool(
    name: name, summary: "carry parcels over the river",
    description: """
      \(name) carries parcels. A parcel is a file; the river is made of `TIDES`.

      # Before you start
      - Ask `\(name) weather`, and read (`--json`) what it says.
      - .Dot lines, 'quotes' and back\\slashes
        are text.

          \(name) load --crew 3 parcel.txt
          .Sh not a macro
      """,
    commands: [load(name), weather, run(name), shell, help, version],
    commonOptions: [
      CommandOption(
        "manifest", value: OptionValue("PATH", .file, environment: "FERRY_MANIFEST"),
        help: "Where the parcels are listed"),
      CommandOption("json", help: "Print JSON"),
    ],
    environment: [
      SettingDoc("FERRY_MANIFEST", default: "./manifest", help: "The list of parcels"),
      SettingDoc("TIDES", help: "The table of tides; without it, \(name) waits."),
    ],
    exitCodes: [
      ExitCodeDoc(0, "done"), ExitCodeDoc(2, "the command line is wrong"),
      ExitCodeDoc(75, "the river is too high: try again later"),
      ExitCodeDoc(128, label: "128+n", "ended by signal n"),
    ],
    topics: [
      HelpTopic(
        "exit-codes", summary: "what scripts can tell", text: "Scripts may rely on these.",
        listing: .exitCodes),
      HelpTopic(
        "environment", summary: "what is read from the environment", text: "", listing: .environment
      ),
      HelpTopic("files", summary: "where things are", text: "The `manifest` is a file."),
      HelpTopic(
        "cron", summary: "ferries at night", text: "From cron:\n\n    @daily /opt/\(name) load a"),
    ],
    foreignCalls: [
      ForeignCall(
        program: "the harbour's ferry", path: "/usr/bin/ferry", words: ["list", "add", "-f", "-q"])
    ], synonyms: ["forecast": "weather"], firstTopic: "files", seeAlso: ["ship(1)", "tide(7)"])
}

private func load(_ tool: String) -> Command {
  Command(
    "load", section: "Carry", summary: "take parcels aboard",
    discussion: "Weighs every parcel first. `\(tool) weather` says when.",
    operands: [Operand("PARCEL", .file, help: "What to carry", repeats: true)],
    options: [
      CommandOption(
        "crew", value: OptionValue("NUMBER", .choice(["2", "3", "4"]), default: "2"),
        help: "How many row"),
      CommandOption(
        "wait", value: OptionValue("DURATION", .seconds, default: "75m"),
        help: "How long to wait for the tide before the parcels are carried back to the shed"),
      CommandOption("note", value: OptionValue("TEXT"), help: "Write on the parcel", repeats: true),
      CommandOption(
        "side", value: OptionValue("SIDE", .choice(["port", "starboard"])), help: "Where to put it"),
      CommandOption(
        "bell", value: OptionValue("COMMAND", .command), help: "What rings; it's [loud]: $5"),
      CommandOption(
        "flags", value: OptionValue("LIST", .list(of: ["red", "green", "rust"])),
        help: "What to fly"),
      CommandOption("force", help: "In any weather"),
    ],
    environment: ["TIDES"], exitCodes: [0, 2, 75],
    examples: [
      Example("\(tool) load --crew=3 a.txt && echo done", "Carry one parcel with three rowers"),
      Example("echo \"$(\(tool) weather --json)\"", "Ask about the weather"),
    ])
}

private let weather = Command(
  "weather", section: "Look", summary: "look at the sky",
  operands: [
    Operand("METHOD", .choice(["eye", "glass"]), required: false),
    Operand("PLACE", required: false),
  ], exitCodes: [0])

private func run(_ tool: String) -> Command {
  Command(
    "run", section: "Carry", summary: "row under another command",
    operands: [Operand("COMMAND", .commandLine, repeats: true)],
    options: [CommandOption("wet", help: "Through the rain")], exitCodes: [0, 128],
    examples: [Example("\(tool) run -- ls --json -h", "List what is aboard")])
}

private let shell = Command(
  "completion", section: "Look", summary: "print a completion script",
  operands: [Operand("SHELL", .choice(["bash", "zsh", "fish"]))])

private let help = Command(
  "help", section: "Look", summary: "explain a command or a topic",
  operands: [Operand("NAME", .topic, required: false)])

private let version = Command("version", section: "Look", summary: "print the version")
