import Foundation
import TestSupport
import Testing

/// A person at a terminal: what is waited for and what is typed, and what could be seen in the end.
struct TerminalSession {
  /// One thing that the person does; Drivers/terminal.py says more.
  enum Step {
    /// Waits for a text, a regular expression of Python's; `(?P<name>…)` is kept.
    case expect(String)
    /// Types; `${name}` stands for what was kept.
    case send(String)
    /// Waits until it comes once more, from now on.
    case next(String)
    /// Asks for a URL, and keeps where it redirects to as `redirect`.
    case fetch(String)
    /// Asks an address for `redirect`, as a proxy does that puts in another `Host`; passes it on if
    /// that is empty.
    case pass(to: String, host: String)
    /// Has the terminal echo again behind the program's back.
    case tamper
    /// Edits `redirect`: a regular expression, and what goes in its place.
    case edit(String, String)
    case resize(columns: Int, rows: Int)
    /// Ctrl-Z, a look at the terminal's settings, `fg`.
    case stop
    /// Sends the program a signal.
    case signal(Int32)
    /// Waits until the terminal shows what is typed, or doesn't.
    case echo(Bool)

    fileprivate var json: [String: Any] {
      switch self {
      case .expect(let pattern): ["expect": pattern]
      case .send(let text): ["send": text]
      case .next(let pattern): ["next": pattern]
      case .fetch(let url): ["fetch": url]
      case .pass(let address, let host): ["pass": [address, host]]
      case .tamper: ["tamper": true]
      case .edit(let pattern, let text): ["edit": [pattern, text]]
      case .resize(let columns, let rows): ["resize": [columns, rows]]
      case .stop: ["stop": true]
      case .signal(let number): ["signal": Int(number)]
      case .echo(let isOn): ["echo": isOn]
      }
    }
  }

  /// What the driver prints.
  struct Outcome: Decodable {
    let status: Int32
    /// The text as it remained, lines of the countdown overwritten.
    let screen: String
    /// Every byte as it came.
    let raw: String
    /// Whether the terminal shows again what is typed.
    let echo: Bool
  }

  /// Runs `xauth login` in the stage's folder on a terminal that is so wide that no line wraps.
  /// `launcher` is put before the command.
  static func login(
    _ stage: LoginStage, _ arguments: [String] = ["--no-browser"], by launcher: [String] = [],
    environment: [String: String] = [:], columns: Int = 600, doing steps: [Step]
  ) throws -> Outcome {
    // Named, the place to listen leaves nothing to say about containers and the like.
    let all = ["TERM": "xterm", "X_OAUTH_CALLBACK_LISTEN": "127.0.0.1"]
      .merging(LoginStage.environment) { $1 }.merging(environment) { $1 }
    let plan: [String: Any] = [
      "arguments": launcher + [Child.built("xauth"), "login"] + arguments, "environment": all,
      "folder": stage.folder.path, "size": [columns, 50], "steps": steps.map(\.json),
    ]
    let file = stage.folder.write(
      String(decoding: try JSONSerialization.data(withJSONObject: plan), as: UTF8.self),
      to: "session.json")
    let outcome = try Child.run(
      "/usr/bin/python3", [folder + "/Drivers/terminal.py", file],
      environment: LoginStage.environment, seconds: 60)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Outcome.self, from: Data(outcome.output.utf8))
  }

  /// The same, which ends with `status` and looks as the golden file of that name.
  @discardableResult
  static func login(
    _ stage: LoginStage, _ arguments: [String] = ["--no-browser"], by launcher: [String] = [],
    environment: [String: String] = [:], doing steps: [Step], as name: String, status: Int32 = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try login(stage, arguments, by: launcher, environment: environment, doing: steps)
    #expect(outcome.status == status, "\(outcome.screen)", sourceLocation: sourceLocation)
    try compare(outcome, of: stage, to: name)
    return outcome
  }

  /// Where these tests are.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

  /// Compares a screen with the golden file of that name, whatever differs from run to run left out.
  /// With REWRITE_GOLDENS set it is written instead: look at the difference before you keep it.
  static func compare(_ outcome: Outcome, of stage: LoginStage, to name: String) throws {
    try compare(outcome.screen, of: stage, to: name)
  }

  /// Compares what stood on a screen.
  static func compare(_ screen: String, of stage: LoginStage, to name: String) throws {
    var text =
      screen
      .replacingOccurrences(of: Child.built("xauth"), with: "xauth")
      .replacingOccurrences(of: stage.folder.path, with: "/project")
      .replacingOccurrences(of: stage.api, with: "http://127.0.0.1:API")
      .replacingOccurrences(
        of: stage.api.replacingOccurrences(of: "http://", with: ""), with: "127.0.0.1:API"
      )
      .replacingOccurrences(of: stage.value("X_OAUTH_CALLBACK_PORT") ?? "-", with: "PORT")
    for (pattern, word) in [
      ("(state|code_challenge)=[A-Za-z0-9_-]{43}", "$1=…"),
      ("(:PORT/)[A-Za-z0-9_-]{16}", "$1…"), ("[0-9]:[0-9]{2} left", "M:SS left"),
      ("until (....-..-.. )?[0-9]{2}:[0-9]{2}", "until HH:MM"),
      ("\\((2 h|1 h 59 min)\\)", "(2 h)"),
    ] {
      text = text.replacingOccurrences(of: pattern, with: word, options: .regularExpression)
    }
    let path = "\(folder)/Sessions/\(name).txt"
    if ProcessInfo.processInfo.environment["REWRITE_GOLDENS"] != nil {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOfFile: path, encoding: .utf8))
  }
}

extension TerminalSession.Step {
  /// The address to open, kept as `address`, and the sign that it is waited for.
  static let address = Self.expect(
    "\n(?P<address>http://127\\.0\\.0\\.1:\\S+)\r\n.*left")
}

extension [TerminalSession.Step] {
  /// The browser of this machine, opened by hand.
  static let browse: Self = [.fetch("${address}"), .fetch("${redirect}")]

  /// What the browser ended on is pasted.
  static let paste: Self = [
    .address, .echo(false), .fetch("${address}"), .send("${redirect}\n"),
  ]
}
