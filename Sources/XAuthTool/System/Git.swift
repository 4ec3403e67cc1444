import DurableFile
import Glibc
import OAuth
import Paths

/// What git says about files that hold tokens.
struct Git: Sendable {
  /// Asks about the files at these absolute paths, which are in `folder` or below it and need not
  /// exist.
  var ask: @Sendable (_ paths: [String], _ folder: String) -> GitAnswer
}

/// What git would do with the files that it was asked about. It is also an error: a git that fails
/// throws the answer that this failure means.
enum GitAnswer: Error, Equatable {
  /// They are in no repository.
  case noRepository
  /// It ignores all of them.
  case ignored
  /// It has the files `tracked` already; `git add` would take those `untracked`.
  case wouldCommit(tracked: [String], untracked: [String])
  /// There is a repository, and no git on PATH.
  case notInstalled
  /// Git gave no answer, for a reason of one line.
  case noAnswer(String)
}

extension Git {
  /// What git would do with the `.env` of these settings and with the journal beside it.
  func ask(about settings: Settings) -> GitAnswer {
    let target = settings.file.target
    let journal = settings.journalPath
    let folder = target.folderPath
    guard journal.path(in: target.stateFolderPath) != nil else {
      // The journal is under the home of the file's owner.
      return ask([target.path], folder)
    }
    let answer = ask([target.path, journal], folder)
    guard case .wouldCommit(let tracked, let untracked) = answer,
      access(target.stateFolderPath.pathBytes, F_OK) != 0
    else { return answer }
    // The folder will be made with a .gitignore in it.
    let others = untracked.filter { $0 != journal }
    return tracked.isEmpty && others.isEmpty
      ? .ignored : .wouldCommit(tracked: tracked, untracked: others)
  }
}

extension GitAnswer {
  /// The warnings that follow from it. None where git isn't installed: nothing is committed here.
  func warnings(about settings: Settings) -> [Warning] {
    switch self {
    case .noRepository, .ignored, .notInstalled: []
    case .wouldCommit(let tracked, let untracked):
      tracked.map(Warning.gitTracks) + untracked.map(Warning.gitWouldCommit)
    case .noAnswer(let reason): [.gitNotAsked(settings.file.target.path, reason)]
    }
  }
}

extension Git {
  /// Asks the git on PATH; outside a repository it isn't even started.
  static func live(_ environment: Environment, _ programs: Programs) -> Git {
    Git { paths, folder in
      guard repository(around: folder) != nil else { return .noRepository }
      guard let git = programs.find("git", environment["PATH"]) else { return .notInstalled }
      let run = GitRun(git: git, folder: folder, environment: environment, programs: programs)
      do throws(GitAnswer) {
        return try run.answer(paths)
      } catch {
        return error
      }
    }
  }

  /// The top of the innermost repository that `folder` is in, going by its name alone; git may disagree.
  static func repository(around folder: String) -> String? {
    let parts = folder.pathParts
    return (0...parts.count).reversed().lazy.map { "/" + parts.prefix($0).joined(separator: "/") }
      .first { access("\($0)/.git".pathBytes, F_OK) == 0 }
  }
}

/// Git, asked about files in one folder. The configuration of a repository can name programs that git
/// runs; looking at a token must not run any of them.
struct GitRun {
  /// Git's own path.
  let git: String
  /// The folder that git works in.
  let folder: String
  let environment: Environment
  let programs: Programs

  /// Seconds: a repository can make git wait for a pipe, for example.
  private static let patience = 2.0
  /// The most bytes of an answer, which is some paths or a message.
  private static let limit = 64 * 1024

  /// What overrides a repository's own settings. An empty `core.fsmonitor` means none in every
  /// version; before 2.36, `false` was taken for the name of a program. A folder that only looks like a
  /// bare repository must not answer for the repository that it is in.
  private static let overrides = [
    "core.fsmonitor=", "core.hooksPath=/dev/null", "safe.bareRepository=explicit",
  ]

  /// The environment of git: where the user's own settings are, and nothing that points it at another
  /// repository, names a program or a file to write, or is secret.
  ///
  /// Without a PATH git can start no program by its name: not the `git fetch` that would get a missing
  /// object from a promisor remote, and so neither ssh nor a credential helper. The two variables that
  /// forbid this by name, of which older versions know only one, turn a crash into an answer.
  var inherited: Environment {
    var variables: Environment = [
      "PATH": "/dev/null", "GIT_EXEC_PATH": "/dev/null", "GIT_NO_LAZY_FETCH": "1",
      "GIT_ALLOW_PROTOCOL": "none", "GIT_DISCOVERY_ACROSS_FILESYSTEM": "1", "LC_ALL": "C",
    ]
    // With SUDO_UID, root's git accepts a repository that belongs to the user who ran sudo.
    for name in ["HOME", "XDG_CONFIG_HOME", "SUDO_UID"] { variables[name] = environment[name] }
    return variables
  }

  /// What git would do with the files at `paths`.
  func answer(_ paths: [String]) throws(GitAnswer) -> GitAnswer {
    let input = paths.map { "\($0)\0" }.joined()
    // Status 1: it ignores none of them.
    let ignored = Set(try run(["check-ignore", "-z", "--stdin"], input, success: [0, 1]))
    let others = paths.filter { !ignored.contains($0) }
    if others.isEmpty { return .ignored }
    // Tracked files aren't ignored, whatever the rules say.
    let known = Set(
      try run(["--literal-pathspecs", "ls-files", "-z", "--"] + others, success: [0]))
    let tracked = others.filter { $0.path(in: folder).map(known.contains) ?? false }
    return .wouldCommit(tracked: tracked, untracked: others.filter { !tracked.contains($0) })
  }

  /// The paths that git prints.
  private func run(
    _ arguments: [String], _ input: String = "", success: Set<Int32>
  ) throws(GitAnswer) -> [String] {
    let options = ["-C", folder] + Self.overrides.flatMap { ["-c", $0] }
    let outcome: ProgramOutcome
    do {
      outcome = try programs.run(
        [git] + options + arguments, inherited,
        input.pathBytes.dropLast().map(UInt8.init(bitPattern:)), .capture(limit: Self.limit),
        Self.patience)
    } catch {
      throw .noAnswer("it can't be started (\(systemText(error.errno)))")
    }
    let complaint = String(decoding: outcome.errors, as: UTF8.self)
    // Even if it then answered: it knew only the rules that are here, and others are missing.
    if complaint.contains("lazy fetching disabled") || complaint.contains("promisor-remote:") {
      throw .noAnswer("it would have to fetch a part of the repository that is missing here")
    }
    guard case .exited(let status) = outcome.end, success.contains(status) else {
      throw refusal(outcome.end, complaint)
    }
    return outcome.output.split(separator: 0).map { String(path: $0) }
  }

  private func refusal(_ end: ProgramOutcome.End, _ complaint: String) -> GitAnswer {
    // There is an empty .git, such as a container gets in place of the real one.
    if complaint.hasPrefix("fatal: not a git repository (or any of the parent directories)") {
      // With a HEAD it is one, of somebody else's or a damaged one.
      let head = Git.repository(around: folder).map { "\($0)/.git/HEAD" } ?? ""
      if access(head.pathBytes, F_OK) != 0, errno != EACCES { return .noRepository }
      return .noAnswer("it does not accept \(head.dropLast(5)) as a repository")
    }
    switch end {
    case .exited(let status):
      // The message that this becomes part of names the folder.
      let reason = Self.reason(of: complaint).replacing("\(folder)/", with: "")
      return .noAnswer(
        reason.isEmpty ? "it ended with exit code \(status)" : sanitized(reason, limit: 160))
    case .signalled(let signal): return .noAnswer("it was ended by signal \(signal)")
    case .timedOut: return .noAnswer("it gave no answer within \(Int(Self.patience)) seconds")
    case .unknown: return .noAnswer("its exit code is unknown")
    }
  }

  /// Git's messages without its advice: "warning: ", "error: " and "fatal: " begin one, and indented
  /// lines continue it.
  static func reason(of complaint: String) -> String {
    var messages: [String] = []
    for line in complaint.split(separator: "\n", omittingEmptySubsequences: false) {
      if let kind = ["warning: ", "error: ", "fatal: "].first(where: line.hasPrefix) {
        messages.append(String(line.dropFirst(kind.count)))
      } else if let last = messages.last, line.first?.isWhitespace == true {
        messages[messages.count - 1] = "\(last) \(line)"
      } else {
        break
      }
    }
    return (messages.isEmpty ? [complaint] : messages).joined(separator: "; ")
  }
}
