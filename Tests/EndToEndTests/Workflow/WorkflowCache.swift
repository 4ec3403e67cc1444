import Foundation
import TestSupport

/// What `actions/cache` does for one job: it brings a file back, or keeps it at the end of the job.
struct WorkflowCache {
  private let kept: String
  private let path: String
  /// Whether there was something to bring back.
  let isHit: Bool

  /// Takes the step: the file at `path`, known by `key`, in a store that is in `folder`.
  init(_ path: String, key: String, in folder: TemporaryFolder) throws {
    self.path = path
    kept = folder.file("cache/\(key)")
    isHit = FileManager.default.fileExists(atPath: kept)
    if isHit { try Self.copy(kept, to: path) }
  }

  /// Keeps the file, unless it was kept before.
  func save() throws {
    if !isHit { try Self.copy(path, to: kept) }
  }

  private static func copy(_ source: String, to target: String) throws {
    let folder = URL(fileURLWithPath: target).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: source, toPath: target)
  }
}
