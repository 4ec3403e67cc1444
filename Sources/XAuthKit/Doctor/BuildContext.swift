import DurableFile
import Glibc

/// A folder that images are built from, as far as its files tell.
struct BuildContext: Sendable, Equatable {
  /// The folder's absolute path.
  let folder: String
  /// The files whose rules say what a build doesn't get to see, by their names; each is for another
  /// build or another program. One that doesn't exist has no rules.
  let ruleFiles: [String]

  /// What the names in `folder` make of it; nil when no image is built from it. `text` reads a file.
  init?(folder: String, names: [String], text: (_ name: String) -> String) {
    let recipes = names.filter(Self.isRecipe)
    // A recipe may have rules of its own.
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

  /// `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`, and so with Podman's name.
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

  /// Whether a service is built, and not only pulled.
  private static func builds(_ compose: String) -> Bool {
    compose.split(whereSeparator: \.isNewline).contains { line in
      line.drop(while: \.isWhitespace).hasPrefix("build:")
    }
  }
}

extension BuildContext {
  /// Those that a file in `folder` is part of: the folder, and all around it up to the top of the
  /// repository.
  static func all(around folder: String) -> [BuildContext] {
    let top = Git.repository(around: folder) ?? folder
    let parts = folder.split(separator: "/")
    let depth = top.split(separator: "/").count
    return (depth...parts.count).reversed().compactMap { depth in
      let path = "/" + parts.prefix(depth).joined(separator: "/")
      return BuildContext(folder: path, names: names(in: path)) { text(of: "\(path)/\($0)") }
    }
  }

  /// The rules of one of its files.
  func rules(_ file: String) -> DockerIgnore { DockerIgnore(Self.text(of: "\(folder)/\(file)")) }

  /// What a file holds, nothing where it can't be read: then no build can either.
  private static func text(of path: String) -> String {
    let content = try? FileTarget.resolve(path, from: "/").read()
    return String(decoding: content?.bytes ?? [], as: UTF8.self)
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 } }
      names.append(String(decoding: name, as: UTF8.self))
    }
    return names.sorted()
  }
}
