import Foundation

/// A folder of one test's own, gone with the value.
public final class TemporaryFolder: Sendable {
  /// The folder's absolute path, free of symbolic links.
  public let path: String

  /// Makes a fresh folder that only this user can enter.
  public init() {
    var template = Array("\(NSTemporaryDirectory())/xauth-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil, let resolved = realpath(template, nil) else {
      fatalError("no temporary folder: \(String(cString: strerror(errno)))")
    }
    defer { free(resolved) }
    path = String(cString: resolved)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The absolute path of `name` in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes `text` to `name` in the folder, with `mode`; returns its absolute path.
  @discardableResult
  public func write(_ text: String, to name: String, mode: mode_t = 0o600) -> String {
    write([UInt8](text.utf8), to: name, mode: mode)
  }

  /// Writes `bytes` to `name` in the folder, with `mode`; returns its absolute path.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o600) -> String {
    let path = file(name)
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)),
      chmod(path, mode) == 0
    else { fatalError("can't write \(path)") }
    if mode & 0o111 != 0, !eventually({ Self.isClosed(path) }) {
      fatalError("\(path) stays open")
    }
    return path
  }

  /// Whether nobody has the file open for writing: a child that another test is just starting has all
  /// that was open here until its execve(2), and a program that is open can't be run (ETXTBSY).
  private static func isClosed(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    // A lease is refused then. F_SETLEASE of fcntl(2), which Swift doesn't see.
    let setLease: Int32 = 1024
    return fcntl(file, setLease, Int32(F_RDLCK)) == 0
  }

  /// The bytes of `name` in the folder, nil when there is no such file.
  public func bytes(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: file(name)).map { [UInt8]($0) }
  }

  /// `name` in the folder as text, nil when there is no such file.
  public func text(_ name: String) -> String? {
    bytes(name).map { String(decoding: $0, as: UTF8.self) }
  }
}
