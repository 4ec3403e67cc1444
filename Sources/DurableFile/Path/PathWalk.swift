import Glibc
import Paths

/// Follows a path part by part, as path_resolution(7) describes, and records what it passes.
struct PathWalk {
  /// Linux's own limit.
  private static let linkLimit = 40

  private let start: String
  /// The parts still to walk, in reverse order.
  private var pending: [String]
  /// The part walked so far, without links and without a `/` at its end: empty for the root.
  private var resolved = ""
  private var linkCount = 0
  private var lastLink: (path: String, target: String)?
  /// Folders and links in the order they were passed; the last one holds the file.
  private(set) var steps: [PathStep] = []
  /// The links among them that stand in the file's place.
  private(set) var links: [String] = []
  /// The file at the end, nil when there is none.
  private(set) var found: stat?

  init(_ absolute: String) {
    start = absolute
    pending = Self.parts(of: absolute)
  }

  /// The path without links; complete after `run`.
  var path: String { resolved.isEmpty ? "/" : resolved }

  mutating func run() throws(FileFailure) {
    steps.append(PathStep(path: "/", status: try Self.status(of: "/")))
    while let part = pending.popLast() {
      if part == ".." {
        // Nothing resolved so far is a link, so the part before is the real parent.
        resolved = parent
      } else {
        try enter(part)
      }
    }
    guard !resolved.isEmpty else { throw .isFolder(path: start) }
    if let found, found.isFolder { throw .isFolder(path: path) }
    if let found, !found.isRegular { throw .isSpecial(path: path) }
    try requireFolder()
  }

  private mutating func enter(_ part: String) throws(FileFailure) {
    let here = "\(resolved)/\(part)"
    guard let status = try Self.statusIfPresent(of: here) else {
      guard pending.isEmpty else { throw missing(here) }
      resolved = here
      found = nil
      return
    }
    if status.isLink {
      steps.append(PathStep(path: here, status: status))
      if pending.isEmpty { links.append(here) }
      try PathTrust.checkLink(here, status, in: try Self.status(of: path))
      try follow(here)
    } else {
      guard status.isFolder || pending.isEmpty else { throw .notAFolder(path: here) }
      if status.isFolder { steps.append(PathStep(path: here, status: status)) }
      resolved = here
      found = status
    }
  }

  private mutating func follow(_ link: String) throws(FileFailure) {
    linkCount += 1
    guard linkCount <= Self.linkLimit else { throw .linkLoop(path: start) }
    let target = try Self.target(of: link)
    if target.isAbsolutePath { resolved = "" }
    pending += Self.parts(of: target)
    lastLink = (link, target)
  }

  private func missing(_ folder: String) -> FileFailure {
    if let lastLink { return .danglingLink(path: lastLink.path, target: lastLink.target) }
    return .folderMissing(path: folder)
  }

  // After ".." or a link the last step need not be the folder that holds the file.
  private mutating func requireFolder() throws(FileFailure) {
    let folder = parent.isEmpty ? "/" : parent
    if steps.last?.path != folder {
      steps.append(PathStep(path: folder, status: try Self.status(of: folder)))
    }
  }

  private var parent: String {
    let slash = resolved.utf8.lastIndex(of: UInt8(ascii: "/"))
    return slash.map { String(resolved[..<$0]) } ?? ""
  }

  private static func parts(of path: String) -> [String] {
    path.pathParts.filter { $0 != "." }.reversed()
  }

  private static func statusIfPresent(of path: String) throws(FileFailure) -> stat? {
    var status = stat()
    if lstat(path.pathBytes, &status) == 0 { return status }
    switch errno {
    case ENOENT: return nil
    case EACCES: throw .notReadable(path: path, errno: EACCES)
    case ENOTDIR: throw .notAFolder(path: path)
    default: throw .current("lstat", path)
    }
  }

  private static func status(of path: String) throws(FileFailure) -> stat {
    guard let status = try statusIfPresent(of: path) else { throw .folderMissing(path: path) }
    return status
  }

  private static func target(of link: String) throws(FileFailure) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link.pathBytes, &buffer, buffer.count)
    guard count >= 0 else { throw .current("readlink", link) }
    return String(path: buffer.prefix(count).map(UInt8.init(bitPattern:)))
  }
}
