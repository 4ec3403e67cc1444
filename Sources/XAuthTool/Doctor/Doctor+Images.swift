import DurableFile
import Paths

extension Doctor {
  /// Whether a container image built here could contain the tokens. Says nothing where no image is
  /// built.
  func images(_ settings: Settings) -> [Finding] {
    let contexts = BuildContext.all(around: settings.file.target.folderPath)
    if contexts.isEmpty { return [] }
    let secrets = secrets(settings)
    let warnings = contexts.flatMap { $0.warnings(about: secrets) }
    return warnings.isEmpty
      ? [.fine(.image, "no image that is built here would hold the tokens")]
      : warnings.map { .warning(.image, $0) }
  }

  /// The files that hold tokens, each with the name that rules need to exclude it.
  private func secrets(_ settings: Settings) -> [(file: String, name: String)] {
    let target = settings.file.target
    let (journal, state) = (settings.journalPath, target.stateFolderPath)
    // A journal that isn't beside the file is in its owner's home folder, outside any build.
    let isBeside = journal.path(in: state) != nil
    return [(target.path, target.path)] + (isBeside ? [(journal, state)] : [])
  }
}

/// A folder that container images are built from, judging by the files in it.
struct BuildContext: Sendable, Equatable {
  /// The folder's absolute path.
  let folder: String
  /// The names of the files whose rules exclude files from a build; each applies to another build or
  /// another program. A file that doesn't exist has no rules.
  let ruleFiles: [String]

  /// Judges by the names in `folder`; nil when no image is built from it. `text` reads a file.
  init?(folder: String, names: [String], text: (_ name: String) -> String) {
    let recipes = names.filter(Self.isRecipe)
    // A recipe may have an ignore file of its own.
    let own = recipes.map { recipe in
      (recipe, Self.ignoreFiles.map { recipe + $0 }.first(where: names.contains))
    }
    let common = Self.ignoreFiles.filter(names.contains)
    let needsCommon =
      recipes.isEmpty
      ? !common.isEmpty || names.contains { Self.isCompose($0) && Self.builds(text($0)) }
      : own.contains { $0.1 == nil }
    let shared = common.isEmpty ? [Self.ignoreFiles[0]] : common
    let ruleFiles = (needsCommon ? shared : []) + own.compactMap(\.1)
    guard !ruleFiles.isEmpty else { return nil }
    self.folder = folder
    self.ruleFiles = ruleFiles
  }

  /// Docker's and Podman's.
  private static let ignoreFiles = [".dockerignore", ".containerignore"]

  /// `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`, and the same with Podman's `Containerfile`.
  private static func isRecipe(_ name: String) -> Bool {
    let name = name.lowercased()
    guard !ignoreFiles.contains(where: name.hasSuffix) else { return false }
    return ["dockerfile", "containerfile"].contains {
      name == $0 || name.hasPrefix("\($0).") || name.hasSuffix(".\($0)")
    }
  }

  private static func isCompose(_ name: String) -> Bool {
    ["compose.", "docker-compose."].contains(where: name.hasPrefix)
      && [".yml", ".yaml"].contains(where: name.hasSuffix)
  }

  /// Whether at least one service is built and not only pulled.
  private static func builds(_ compose: String) -> Bool {
    compose.split(whereSeparator: \.isNewline).contains { line in
      line.drop(while: \.isWhitespace).hasPrefix("build:")
    }
  }

  /// The build contexts that a file in `folder` belongs to: the folder and its parents, up to the top
  /// of the repository.
  static func all(around folder: String) -> [BuildContext] {
    let top = Git.repository(around: folder) ?? folder
    let parts = folder.pathParts
    let depth = top.pathParts.count
    return (depth...parts.count).reversed().compactMap { depth in
      let path = "/" + parts.prefix(depth).joined(separator: "/")
      return BuildContext(folder: path, names: names(in: path)) { text(of: "\(path)/\($0)") }
    }
  }

  /// The rules of one of its files.
  func rules(_ file: String) -> DockerIgnore { DockerIgnore(Self.text(of: "\(folder)/\(file)")) }

  /// The warnings about those of the files, given by absolute paths, that a build includes.
  func warnings(about secrets: [(file: String, name: String)]) -> [Warning] {
    ruleFiles.compactMap { ruleFile in
      let rules = rules(ruleFile)
      let included = secrets.filter { !rules.excludes(relative($0.file)) }
      if included.isEmpty { return nil }
      return .imageCanHold(included.map { relative($0.name) }, rules: ruleFile, in: folder)
    }
  }

  private func relative(_ path: String) -> String { path.path(in: folder) ?? path }

  /// The text of a file; empty when it can't be read, as then no build can read it either.
  private static func text(of path: String) -> String {
    let content = try? FileTarget.resolve(path, from: "/").read()
    return String(path: content?.bytes ?? [])
  }

  private static func names(in folder: String) -> [String] {
    (FolderNames.at(folder) ?? []).sorted()
  }
}
