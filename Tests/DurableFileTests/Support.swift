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

  /// One save to `name`, from lock to release; how it was done.
  func save(_ text: String, to name: String = ".env") throws -> Replacement.Method {
    try DurableFileTests.save(text, target(name))
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

extension FileTarget {
  /// Its state folder, made if need be, as a lock finds it.
  func madeState() throws -> StateFolder {
    try OpenStateFolder.findOrMake(for: FilePlace.open(self)).place
  }
}

/// One save to `target`, from lock to release; how it was done.
func save(_ text: String, _ target: FileTarget) throws -> Replacement.Method {
  let lock = try LockedFile.acquire(target, timeout: 0.2, createIfAbsent: false) {}
  let seen = try lock.read()
  var replacement = try lock.prove(byteCount: text.utf8.count)
  let outcome = try replacement.commit(Array(text.utf8), replacing: seen)
  guard case .replaced(let now) = outcome else {
    Issue.record("\(outcome)")
    return replacement.method
  }
  let read = try lock.read()
  #expect(read == now)
  #expect(now.bytes == Array(text.utf8))
  return replacement.method
}

/// What a finished run leaves in the state folder.
let settledState = [".gitignore", "journal", "lock"]

let isRoot = geteuid() == 0

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
