import Foundation
import TestSupport
import Testing

@testable import XAuthTool

/// How git is asked, and what its answers are taken for; the real one is asked in GitWarningTests.
@Suite("Asking git")
struct GitTests {
  /// A git that answers by a script.
  private final class ScriptedGit: @unchecked Sendable {
    struct Call {
      let arguments: [String]
      let environment: [String: String]
      let input: String
    }

    var answers: [ProgramOutcome]
    var calls: [Call] = []
    var soughtIn: String?

    init(_ answers: [ProgramOutcome]) { self.answers = answers }

    var programs: Programs {
      Programs(
        locate: { [self] name, path throws(ProgramNotStarted) in
          soughtIn = path
          return "/opt/\(name)"
        },
        start: { arguments, _ throws(ProgramNotStarted) in
          throw ProgramNotStarted(name: arguments[0], errno: ENOENT)
        },
        run: { [self] arguments, environment, input, _, _ in
          calls.append(
            Call(
              arguments: arguments, environment: environment.all,
              input: String(decoding: input, as: UTF8.self)))
          return answers.isEmpty ? ProgramOutcome(end: .unknown) : answers.removeFirst()
        },
        accompany: { arguments, _, _ throws(ProgramNotStarted) in
          throw ProgramNotStarted(name: arguments[0], errno: ENOENT)
        }, delegate: { _, _ in nil }, replace: { _, _ in ENOEXEC })
    }
  }

  private let folder = TemporaryFolder()
  private var path: String { folder.file(".env") }
  private var journal: String { folder.file(".env.xauth/journal") }

  init() { mkdir(folder.file(".git"), 0o700) }

  private func ask(
    _ git: ScriptedGit, _ environment: [String: String] = ["PATH": "/usr/bin"]
  ) -> GitAnswer {
    Git.live(Environment(environment), git.programs).ask([path, journal], folder.path)
  }

  private func printed(_ paths: String..., status: Int32 = 0) -> ProgramOutcome {
    ProgramOutcome(end: .exited(status), output: paths.flatMap { Array("\($0)\0".utf8) })
  }

  private func complained(_ text: String, _ end: ProgramOutcome.End = .exited(128))
    -> ProgramOutcome
  {
    ProgramOutcome(end: end, errors: Array(text.utf8))
  }

  @Test("each file is ignored, tracked, or neither")
  func answers() {
    #expect(ask(ScriptedGit([printed(path, journal)])) == .ignored)
    #expect(
      ask(ScriptedGit([printed(status: 1), printed(".env.xauth/journal")]))
        == .wouldCommit(tracked: [journal], untracked: [path]))
    let git = ScriptedGit([printed(journal), printed()])
    #expect(ask(git) == .wouldCommit(tracked: [], untracked: [path]))
    #expect(git.calls.map(\.input) == ["\(path)\0\(journal)\0", ""])
  }

  @Test("it isn't started where there is no repository")
  func noRepository() throws {
    try FileManager.default.removeItem(atPath: folder.file(".git"))
    let git = ScriptedGit([])
    #expect(ask(git) == .noRepository)
    #expect(git.soughtIn == nil)
  }

  @Test("it inherits where the user's settings are, and nothing else")
  func environment() throws {
    let git = ScriptedGit([printed(path, journal)])
    var environment = [
      "PATH": "/usr/bin", "HOME": "/home/u", "XDG_CONFIG_HOME": "/home/u/.c", "SUDO_UID": "1000",
    ]
    let settings = environment.keys
    for name in [
      "GIT_DIR", "GIT_INDEX_FILE", "GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_SSH_COMMAND",
      "GIT_TRACE", "GIT_EXEC_PATH", "LD_PRELOAD", "PAGER", "LANG", "X_OAUTH2_REFRESH_TOKEN",
      "SOMEBODYS_SECRET",
    ] { environment[name] = "/hostile" }
    #expect(ask(git, environment) == .ignored)
    let call = try #require(git.calls.first)
    #expect(call.arguments.first == "/opt/git")
    #expect(call.environment["PATH"] == "/dev/null")
    #expect(call.environment["GIT_ALLOW_PROTOCOL"] == "none")
    for name in settings where name != "PATH" {
      #expect(call.environment[name] == environment[name])
    }
    #expect(!call.environment.values.contains("/hostile"))
  }

  @Test("it is looked for in the absolute folders of PATH alone")
  func relativePath() {
    let git = ScriptedGit(Array(repeating: printed(path, journal), count: 3))
    #expect(ask(git, ["PATH": ".::bin:/a:node_modules/.bin:/b"]) == .ignored)
    #expect(git.soughtIn == "/a:/b")
    _ = ask(git, ["PATH": ".:bin"])
    #expect(git.soughtIn == "/dev/null")
    #expect(ask(git, [:]) == .ignored)
    #expect(git.soughtIn == nil)
  }

  @Test("why it gave no answer is said without its advice")
  func reasons() {
    let dubious = """
      fatal: detected dubious ownership in repository at '/srv'
      To add an exception for this directory, call:

      \tgit config --global --add safe.directory /srv

      """
    let extensions =
      "warning: unknown repository extension found:\n\tevil\nfatal: not in a git directory\n"
    let missing = "it would have to fetch a part of the repository that is missing here"
    for (outcome, reason) in [
      (complained(dubious), "detected dubious ownership in repository at '/srv'"),
      (complained(extensions), "unknown repository extension found: evil; not in a git directory"),
      (complained("env: 'bash': not found\n", .exited(127)), "env: 'bash': not found"),
      (
        complained("fatal: \(path): '\(path)' is outside repository at '/usr'\n"),
        ".env: '.env' is outside repository at '/usr'"
      ),
      (complained(""), "it ended with exit code 128"),
      (complained("fatal: x", .signalled(9)), "it was ended by signal 9"),
      (complained("", .timedOut), "it gave no answer within 2 seconds"),
      (complained("warning: lazy fetching disabled; and so on", .exited(1)), missing),
      (complained("fatal: promisor-remote: unable to fork off fetch subprocess"), missing),
    ] {
      #expect(ask(ScriptedGit([outcome])) == .noAnswer(reason))
      #expect(ask(ScriptedGit([printed(path), outcome])) == .noAnswer(reason))
    }
  }

  @Test("what a repository makes it say can't write on the terminal, and is short")
  func hostileReason() throws {
    let hostile = "fatal: bad \u{1B}[2J\u{202E}config" + String(repeating: " line", count: 100_000)
    guard case .noAnswer(let reason) = ask(ScriptedGit([complained(hostile)])) else {
      Issue.record("an answer")
      return
    }
    #expect(reason.hasPrefix("bad [2Jconfig line"))
    #expect(reason.count == 160)
  }

  @Test(
    "a folder that only has the name of a repository is none; one with a HEAD is one that git refuses"
  )
  func emptyRepository() {
    let text = "fatal: not a git repository (or any of the parent directories): .git\n"
    #expect(ask(ScriptedGit([complained(text)])) == .noRepository)
    folder.write("nothing\n", to: ".git/HEAD")
    #expect(
      ask(ScriptedGit([complained(text)]))
        == .noAnswer("it does not accept \(folder.path)/.git as a repository"))
    let moved = "fatal: not a git repository: /host/.git/worktrees/a\n"
    #expect(
      ask(ScriptedGit([complained(moved)]))
        == .noAnswer("not a git repository: /host/.git/worktrees/a"))
  }
}
