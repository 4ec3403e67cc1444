import Foundation
import TestSupport
import Testing

/// A real terminal with a real shell: job control, sizes and pastes are those that people have.
final class Tmux {
  static let program = "/usr/bin/tmux"

  private let folder = TemporaryFolder()
  private let server: Child

  /// A window of 100 columns in the stage's folder.
  init(_ stage: LoginStage) throws {
    // Not as a daemon, which would keep what it inherits, and the end of its parent go unnoticed.
    server = try Child(
      Self.program, Self.server(in: folder) + ["-D"], environment: Self.environment(folder))
    let socket = folder.file("socket")
    try #require(eventually { FileManager.default.fileExists(atPath: socket) })
    try run(
      "new-session", "-d", "-x", "100", "-y", "40", "-c", stage.folder.path,
      "exec env 'PS1=$ ' /bin/bash --noprofile --norc -i")
    try #require(eventually { screen.contains("$") })
  }

  deinit {
    server.signal(SIGTERM)
    _ = server.wait(seconds: 5)
  }

  private static func server(in folder: TemporaryFolder) -> [String] {
    ["-f", "/dev/null", "-S", folder.file("socket"), "-u"]
  }

  private static func environment(_ folder: TemporaryFolder) -> [String: String] {
    [
      "PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8",
      "HOME": folder.path, "X_OAUTH_CALLBACK_LISTEN": "127.0.0.1",
    ]
  }

  /// Runs one of tmux's commands on a server of its own; its output.
  @discardableResult
  private func run(_ arguments: String...) throws -> String {
    let outcome = try Child.run(
      Self.program, Self.server(in: folder) + arguments, environment: Self.environment(folder))
    try #require(outcome.status == 0, "tmux \(arguments): \(outcome.errors)")
    return outcome.output
  }

  /// All that could be seen so far, lines that the terminal wrapped put together again, to the last
  /// that isn't empty.
  var screen: String {
    let lines = (try? run("capture-pane", "-p", "-J", "-S", "-")) ?? ""
    return lines.trimmingCharacters(in: .whitespacesAndNewlines) + "\n"
  }

  /// Waits until `text` can be seen, `times` times.
  func shows(_ text: String, times: Int = 1, within seconds: Double = 20) -> Bool {
    eventually(within: seconds) { self.screen.components(separatedBy: text).count > times }
  }

  /// Presses keys, as tmux names them.
  func press(_ keys: String...) throws { for key in keys { try run("send-keys", key) } }

  /// Types a line.
  func type(_ line: String) throws {
    try run("send-keys", "-l", line)
    try press("Enter")
  }

  /// Pastes, with the marks of a bracketed paste if the program has asked for them.
  func paste(_ text: String) throws {
    try run("set-buffer", text)
    try run("paste-buffer", "-p")
  }

  func resize(columns: Int, rows: Int) throws {
    try run("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }
}
