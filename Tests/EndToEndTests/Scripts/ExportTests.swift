import Foundation
import TestSupport
import Testing

@Suite("export, end to end")
struct ExportTests {
  private static let python = ProcessInfo.processInfo.environment["XAUTH_TEST_PYTHON"]
    .flatMap { $0.isEmpty ? nil : $0 }
  private static let nodePath = ["/usr/bin/node", "/usr/local/bin/node"].first(
    where: FileManager.default.isExecutableFile)

  private let folder = TemporaryFolder()
  /// A secret of all that makes quoting hard and that some notation can still hold.
  private let secret = #"a b$HOME `id` "x" \y # z ~ %41"#
  private let expected: [String: String]

  init() {
    expected = [
      "CLIENT_ID": "app", "CLIENT_SECRET": secret, "X_OAUTH2_ACCESS_TOKEN": "a~+/b==",
      "X_OAUTH2_REFRESH_TOKEN": "-r.e_f", "X_OAUTH2_EXPIRES_AT": "4102444800",
      "X_OAUTH2_GRANTED_SCOPES": "tweet.read,offline.access",
    ]
    let lines = expected.map { "\($0.key)='\($0.value)'" }.joined(separator: "\n")
    folder.write(lines + "\n", to: ".env")
  }

  private func export(_ arguments: String...) throws -> String {
    let outcome = try Child.run(
      Child.built("xauth"), ["export"] + arguments, environment: ["PATH": "/usr/bin:/bin"],
      folder: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  private func object(_ text: String) throws -> [String: String] {
    try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
  }

  /// The settings among the variables that `env -0` printed.
  private func settings(_ output: String) -> [String: String] {
    var found: [String: String] = [:]
    for entry in output.split(separator: "\0") {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if parts.count == 2, expected[name] != nil { found[name] = String(parts[1]) }
    }
    return found
  }

  @Test("python-dotenv reads dotenv back", .enabled(if: python != nil))
  func pythonDotenv() throws {
    folder.write(try export(), to: "exported")
    let outcome = try Child.run(
      try #require(Self.python),
      ["-c", "import json, dotenv; print(json.dumps(dotenv.dotenv_values('exported')))"],
      folder: folder.path)
    #expect(try object(outcome.output) == expected)
  }

  @Test("node --env-file reads dotenv back", .enabled(if: nodePath != nil))
  func nodeEnvFile() throws {
    folder.write(try export("--format", "dotenv"), to: "exported")
    let outcome = try Child.run(
      try #require(Self.nodePath),
      ["--env-file=exported", "-e", "console.log(JSON.stringify(process.env))"],
      folder: folder.path)
    #expect(try object(outcome.output) == expected)
  }

  @Test("sh evaluates shell")
  func sh() throws { try evaluate(with: "/bin/sh") }

  @Test("bash evaluates shell", .enabled(if: isInstalled("/bin/bash")))
  func bash() throws { try evaluate(with: "/bin/bash") }

  @Test("zsh evaluates shell", .enabled(if: isInstalled("/usr/bin/zsh")))
  func zsh() throws { try evaluate(with: "/usr/bin/zsh") }

  private func evaluate(with program: String) throws {
    let outcome = try Child.run(
      program, ["-c", "eval \"$(cat)\"; exec env -0"], environment: ["PATH": "/usr/bin:/bin"],
      input: try export("--format", "shell"))
    #expect(outcome.errors == "")
    #expect(settings(outcome.output) == expected)
  }

  @Test("json is JSON")
  func json() throws { #expect(try object(export("--format", "json")) == expected) }

  @Test("github-env says the masks, and the file gets the rest")
  func gitHub() throws {
    let file = folder.write("", to: "github")
    let outcome = try Child.run(
      Child.built("xauth"), ["export", "--format", "github-env"],
      environment: ["GITHUB_ENV": file], folder: folder.path)
    let masks = outcome.output.split(separator: "\n")
    #expect(masks.count == 3)
    #expect(masks.allSatisfy { $0.hasPrefix("::add-mask::") })
    // As the runner reads it: the name ends at the first equals sign, the value at the line's end.
    let lines = (folder.text("github") ?? "").split(separator: "\n")
    #expect(settings(lines.joined(separator: "\0")) == expected)
    #expect(lines.count == expected.count)
  }

  @Test("a grant that waits in the journal is the one that is exported")
  func waiting() throws {
    let stage = try RotationStage()
    let before = try #require(stage.refresh)
    #expect(try stage.runKilled(after: "answerWritten", ["refresh", "--force"]).status == 137)
    #expect(stage.refresh == before)
    let exported = try stage.run("export", "--only", "X_OAUTH2_REFRESH_TOKEN").output
    #expect(!exported.contains(before))
    _ = try stage.run("refresh")
    #expect(exported == "X_OAUTH2_REFRESH_TOKEN=\(try #require(stage.refresh))\n")
  }

  @Test("a terminal is asked for nothing that it can't answer, and sees nothing")
  func terminal() throws {
    // script(1) gives standard output a terminal; standard input is none.
    let outcome = try Child.run(
      "/usr/bin/script", ["-qec", "\(Child.built("xauth")) export </dev/null", "/dev/null"],
      environment: ["PATH": "/usr/bin:/bin", "TERM": "dumb", "SHELL": "/bin/sh"],
      folder: folder.path)
    #expect(outcome.status == 2)
    #expect(!outcome.output.contains("-r.e_f"))
    #expect(outcome.output.contains("--force"))
  }
}
