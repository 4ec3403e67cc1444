import Foundation
import TestSupport
import Testing

/// What is said of a `.env` that git would publish, with the real git.
@Suite("A .env in a repository")
struct GitWarningTests {
  private let folder = TemporaryFolder()
  /// The commands that ask git. The login ends with its time limit.
  private static let commands = [
    ["show"], ["doctor"], ["login", "--no-browser", "--force", "--timeout", "1s"],
  ]

  init() throws {
    folder.write("CLIENT_ID=app\nX_OAUTH2_REFRESH_TOKEN=r\n", to: ".env")
    try git("init", "--quiet")
  }

  @discardableResult
  private func git(_ arguments: String..., in folder: String? = nil) throws -> String {
    let run = try Child.run(
      "/usr/bin/git", arguments,
      environment: ["PATH": "/usr/bin:/bin", "HOME": self.folder.path],
      folder: folder ?? self.folder.path)
    try #require(run.status == 0, "\(run.errors)")
    return run.output.trimmingCharacters(in: .newlines)
  }

  /// All that a run of `xauth` in the repository says.
  private func words(
    _ arguments: [String] = ["show"], path: String = "/usr/bin:/bin",
    with variables: [String: String] = [:]
  ) throws -> String {
    let port = try LoopbackPort()
    let own = [
      "PATH": path, "HOME": folder.path, "X_OAUTH_CALLBACK_PORT": "\(port.number)",
    ]
    let run = try Child.run(
      Child.built("xauth"), arguments + ["--env-file", folder.file(".env")],
      environment: own.merging(variables) { $1 }, folder: folder.path)
    return run.output + run.errors
  }

  /// Whether `show` warns of it.
  private func isWarned(path: String = "/usr/bin:/bin") throws -> Bool {
    try words(path: path).contains("git would commit \(folder.file(".env")),")
  }

  /// A program that leaves a trace when it is run.
  private func trap(_ name: String = "program") -> String {
    folder.write("#!/bin/sh\ntouch '\(folder.file("ran"))'\n", to: name, mode: 0o700)
  }

  private var hasTrapSprung: Bool { folder.bytes("ran") != nil }

  @Test("is warned of until git ignores it, and again once git has it all the same")
  func ignored() throws {
    #expect(try isWarned())
    folder.write(".env\n", to: ".gitignore")
    #expect(try !words().contains("git "))
    try git("add", "--force", ".env")
    #expect(try words().contains("git tracks \(folder.file(".env")),"))
  }

  @Test("needs no git where there is no repository, and is left alone where there is no git")
  func noGit() throws {
    #expect(try !words(path: "/nonexistent").contains("git "))
    #expect(try words(["doctor"], path: "/nonexistent").contains("there is no git on PATH"))
    try FileManager.default.removeItem(atPath: folder.file(".git"))
    #expect(try !isWarned())
    #expect(try words(["doctor"]).contains("\(folder.file(".env")) is not in a git repository"))
  }

  @Test("looking at it runs nothing that the repository names")
  func namedPrograms() throws {
    let program = trap()
    mkdir(folder.file("hooks"), 0o700)
    for hook in ["post-index-change", "reference-transaction", "fsmonitor-watchman"] {
      _ = trap("hooks/\(hook)")
    }
    for name in ["core.fsmonitor", "core.pager", "pager.check-ignore", "core.alternateRefsCommand"]
    {
      try git("config", name, program)
    }
    try git("config", "core.hooksPath", folder.file("hooks"))
    for command in Self.commands {
      #expect(try words(command).contains("git would commit \(folder.file(".env")),"))
      #expect(!hasTrapSprung, "\(command)")
    }
  }

  @Test("nothing that is missing in the repository is fetched, by whatever program it names")
  func missingObject() throws {
    folder.write(".env\n", to: ".gitignore")
    try git("add", ".gitignore")
    let blob = try git("rev-parse", ":.gitignore")
    try git("update-index", "--skip-worktree", ".gitignore")
    unlink(folder.file(".gitignore"))
    unlink(folder.file(".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"))
    try git("config", "core.repositoryFormatVersion", "1")
    try git("config", "extensions.partialClone", "origin")
    try git("config", "remote.origin.promisor", "true")
    let program = trap()
    try git("config", "core.sshCommand", program)
    try git("config", "remote.origin.uploadpack", program)
    try git("config", "protocol.allow", "always")
    for url in ["ssh://localhost/x", "ext::\(program)", folder.path] {
      try git("config", "remote.origin.url", url)
      for command in Self.commands {
        #expect(try words(command).contains("git could not be asked about"), "\(command)")
        #expect(!hasTrapSprung, "\(url) by \(command)")
      }
    }
  }

  @Test("the git that is asked is none of the working folder's")
  func relativePath() throws {
    mkdir(folder.file("bin"), 0o700)
    _ = trap("bin/git")
    #expect(try isWarned(path: "bin:.::/usr/bin:/bin"))
    #expect(!hasTrapSprung)
  }

  @Test("no variable of git's leads it elsewhere, runs anything or writes")
  func variables() throws {
    let other = TemporaryFolder()
    try git("init", "--quiet", in: other.path)
    other.write("*\n", to: ".git/info/exclude")
    let variables = [
      "GIT_DIR": other.file(".git"), "GIT_WORK_TREE": folder.path,
      "GIT_TRACE": folder.file("ran"), "GIT_TRACE2_EVENT": folder.file("ran"),
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.excludesFile",
      "GIT_CONFIG_VALUE_0": other.file(".git/info/exclude"),
    ]
    #expect(try words(with: variables).contains("git would commit \(folder.file(".env")),"))
    #expect(!hasTrapSprung)
  }

  @Test("the user's own rules count, wherever they are")
  func userRules() throws {
    folder.write("[core]\nexcludesFile = ~/rules\n", to: ".gitconfig")
    folder.write(".env\n", to: "rules")
    #expect(try !isWarned())
    unlink(folder.file(".gitconfig"))
    #expect(try isWarned())
    mkdir(folder.file("git"), 0o700)
    folder.write("[core]\nexcludesFile = ~/rules\n", to: "git/config")
    #expect(try !words(with: ["XDG_CONFIG_HOME": folder.path]).contains("git would commit"))
  }

  @Test(
    "where git refuses the repository, or waits for ever, doctor says that it could not be asked")
  func noAnswer() throws {
    func isUnanswered(_ reason: String) throws {
      for command in [["doctor"], ["show"]] {
        let said = try words(command)
        #expect(said.contains("git could not be asked about \(folder.file(".env")): \(reason)"))
        #expect(!said.contains("would not commit"))
      }
    }
    mkfifo(folder.file("rules"), 0o600)
    try git("config", "core.excludesFile", folder.file("rules"))
    try isUnanswered("it gave no answer within 2 seconds")
    try git("config", "core.excludesFile", "/nonexistent")
    try git("config", "core.repositoryFormatVersion", "1")
    try git("config", "extensions.surprise", "1")
    try isUnanswered("unknown repository extension found: surprise")
  }

  @Test("nor does it answer for another user's repository", .enabled(if: geteuid() == 0))
  func foreignRepository() throws {
    for path in [folder.path, folder.file(".env"), folder.file(".git")] {
      chown(path, 65534, 65534)
    }
    let said = try words(["doctor"])
    #expect(said.contains("git could not be asked about \(folder.file(".env")): detected dubious"))
    #expect(!said.contains("--add safe.directory"))
    #expect(try words(with: ["SUDO_UID": "65534"]).contains("git would commit"))
  }

  /// What `git add --all` stages.
  private func staged() throws -> [String] {
    try git("add", "--all")
    return try git("diff", "--cached", "--name-only").split(separator: "\n").map(String.init)
  }

  @Test("the journal is hidden from git, also where the repository brings rules that show it")
  func shownJournal() throws {
    folder.write(".env\n", to: ".gitignore")
    mkdir(folder.file(".env.xauth"), 0o700)
    folder.write("!journal\n", to: ".env.xauth/.gitignore")
    folder.write("", to: ".env.xauth/journal")
    let journal = folder.file(".env.xauth/journal")
    #expect(try words().contains("git would commit \(journal), and the tokens in it"))
    #expect(try staged().contains(".env.xauth/journal"))
    try git("rm", "--cached", "--quiet", ".env.xauth/journal")
    let doctor = try words(["doctor"])
    #expect(doctor.contains("git would not commit \(folder.file(".env"))\n"))
    #expect(try !staged().contains(".env.xauth/journal"))
    #expect(try !words().contains("git "))
  }

  @Test("a journal that git tracks is warned of, whatever the rules say, also when it is gone")
  func trackedJournal() throws {
    folder.write(".env*\n", to: ".gitignore")
    mkdir(folder.file(".env.xauth"), 0o700)
    folder.write("", to: ".env.xauth/journal")
    try git("add", "--force", ".env.xauth/journal")
    let warning =
      "git tracks \(folder.file(".env.xauth/journal")), and would commit the tokens in it"
    for command in Self.commands { #expect(try words(command).contains(warning), "\(command)") }
    try FileManager.default.removeItem(atPath: folder.file(".env.xauth"))
    #expect(try words().contains(warning))
  }

  @Test("a journal that isn't there yet will be hidden, so nothing is said of it")
  func futureJournal() throws {
    folder.write(".env\n", to: ".gitignore")
    #expect(try !words().contains("git "))
    #expect(try words(["doctor"]).contains("git would not commit"))
    #expect(try staged() == [".gitignore"])
  }

  @Test("a name that git would take for a pattern is asked about as it is")
  func oddNames() throws {
    let odd = "a *[b]?\nc"
    mkdir(folder.file(odd), 0o700)
    let file = folder.write("CLIENT_ID=app\n", to: "\(odd)/:(top)é.env")
    func said() throws -> String {
      try Child.run(
        Child.built("xauth"), ["show", "--json", "--env-file", file],
        environment: ["PATH": "/usr/bin", "HOME": folder.path], folder: folder.path
      ).output
    }
    #expect(try said().contains("git would commit"))
    folder.write("*.env\n", to: ".gitignore")
    #expect(try !said().contains("git "))
    try git("add", "--force", "--", "./\(odd)/:(top)é.env")
    #expect(try said().contains("git tracks"))
  }
}
