import Foundation
import TestSupport
import Testing

@testable import DurableFile

extension TemporaryFolder {
  /// The target behind `name` in this folder.
  func target(_ name: String = ".env") throws -> FileTarget {
    try FileTarget.resolve(name, from: path)
  }

  /// Takes the lock on `name`, without patience.
  func lock(_ name: String = ".env", createIfAbsent: Bool = false) throws -> LockedFile {
    try LockedFile.acquire(target(name), timeout: 0.2, createIfAbsent: createIfAbsent) {}
  }

  /// The names in `name` of this folder, sorted.
  func names(in name: String = "") -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: file(name)))?.sorted() ?? []
  }

  /// What stat says of `name`, without following a link.
  func identity(_ name: String = ".env") -> FileIdentity? {
    var status = stat()
    return lstat(file(name), &status) == 0 ? FileIdentity(status) : nil
  }

  /// Replaces `name` as an editor does: a new file under the same name.
  func replace(_ name: String = ".env", with text: String) {
    write(text, to: "\(name).editor")
    rename(file("\(name).editor"), file(name))
  }
}

/// What a finished run leaves in the state folder.
let settledState = [".gitignore", "journal", "lock"]

let isRoot = geteuid() == 0

/// Whether `mount` works here: not in a container without the right to it.
let canMount: Bool = {
  guard isRoot else { return false }
  return (try? Mount(tmpfs: TemporaryFolder(), size: "64k")) != nil
}()

/// Something mounted for the length of a test.
final class Mount {
  private let path: String
  /// Removed only once nothing is mounted on it any more.
  private let folder: TemporaryFolder?

  struct Failed: Error { let message: String }

  init(tmpfs folder: TemporaryFolder, size: String) throws {
    path = folder.path
    self.folder = folder
    try Self.run(["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", path])
  }

  init(binding source: String, at path: String) throws {
    self.path = path
    folder = nil
    try Self.run(["--bind", source, path])
  }

  deinit { _ = try? Child.run("/usr/bin/umount", ["-l", path]) }

  private static func run(_ arguments: [String]) throws {
    let outcome = try Child.run("/usr/bin/mount", arguments)
    if outcome.status != 0 { throw Failed(message: outcome.errors) }
  }
}

/// Runs a program of the system, which must succeed.
func shell(_ program: String, _ arguments: String...) throws {
  let outcome = try Child.run(program, arguments)
  try #require(outcome.status == 0, "\(program): \(outcome.errors)")
}

/// Whether the system has `program` and it can do `arguments` to a file of the temporary folder.
func works(_ program: String, _ arguments: String..., undo: [String] = []) -> Bool {
  guard FileManager.default.isExecutableFile(atPath: program) else { return false }
  let folder = TemporaryFolder()
  let file = folder.write("", to: "probe")
  defer { if !undo.isEmpty { _ = try? Child.run(program, undo + [file]) } }
  return (try? Child.run(program, arguments + [file]))?.status == 0
}
