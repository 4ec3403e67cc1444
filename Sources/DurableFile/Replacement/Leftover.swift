import Glibc

/// A file that a killed run displaced and had not looked into yet: the target as it was, perhaps with
/// an edit that the run would have kept.
///
/// A repository can bring files of any name, a folder can be moved to another disk, and its owner can
/// move root's files into it. So the name must tell a secret, the run's mark, and the file must be the
/// target's owner's alone.
public struct Leftover {
  /// What the file holds.
  public var bytes: [UInt8] { content.bytes }
  let name: String
  private let content: FileSnapshot
  /// The checksum of the content that took its place.
  private let successor: String

  /// Whether `file` still holds what took this one's place: nobody has edited it since.
  public func isDisplaced(by file: FileSnapshot) -> Bool {
    successor == Self.checksum(file.bytes)
  }

  // MARK: Names

  private static let unfinished = "new"
  private static let displaced = "old"

  /// The name of a temporary file that isn't whole yet.
  static var unfinishedName: String { "\(unfinished)--\(ProcessIdentity.current.name)" }

  /// The name of the file that `bytes` displace, and before that of the one that holds `bytes`.
  static func name(beside bytes: [UInt8], marked mark: String) -> String {
    "\(displaced)-\(mark)-\(checksum(bytes))-\(ProcessIdentity.current.name)"
  }

  private static func checksum(_ bytes: [UInt8]) -> String {
    var sum = CRC32()
    sum.add(bytes)
    return String(sum.value, radix: 16)
  }

  // MARK: What killed runs left

  /// Removes the half-written temporary files of killed runs.
  static func removeUnfinished(in folder: Folder) throws(FileFailure) {
    for name in try folder.names() {
      // 0.1.0 named no process.
      let parts = parts(of: name, 3)
      guard parts[0] == unfinished, parts.count > 1 || name == unfinished,
        let status = try folder.status(of: name), status.isRegular,
        isLeft(by: parts.count > 2 ? parts[2] : "", since: FileIdentity(status).changed)
      else { continue }
      try folder.remove(name)
    }
  }

  /// The file of user `owner` that a run with this mark displaced; nil when there is none.
  static func find(
    in folder: Folder, marked mark: () -> String, ownedBy owner: UInt32
  ) throws(FileFailure) -> Leftover? {
    let names = try folder.names().filter { $0.hasPrefix("\(displaced)-") }
    guard !names.isEmpty else { return nil }
    let mark = mark()
    guard !mark.isEmpty else { return nil }
    for name in names {
      let parts = parts(of: name, 4)
      guard parts.count == 4, parts[1] == mark, parts[3] != ProcessIdentity.current.name,
        let found = try? folder.snapshot(of: name),
        found.identity.links == 1, found.identity.owner == owner,
        isLeft(by: parts[3], since: found.identity.changed)
      else { continue }
      let leftover = Leftover(name: name, content: found, successor: parts[2])
      // It wasn't exchanged, or holds nothing.
      guard found.bytes.isEmpty || leftover.isDisplaced(by: found) else { return leftover }
      try folder.remove(name)
    }
    return nil
  }

  private static func parts(of name: String, _ count: Int) -> [String] {
    name.split(separator: "-", maxSplits: count - 1, omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// Seconds after which a file is a dead process's that can't be looked for: of another machine or
  /// container.
  private static let longestSave = 300

  /// Whether `process`, which last touched the file at this time, has ended.
  private static func isLeft(by process: String, since changed: Int64) -> Bool {
    switch ProcessIdentity.holder(ofName: process) {
    case .running: false
    case .unknown: time(nil) - Int(changed / 1_000_000_000) > longestSave
    case .ended, nil: true
    }
  }
}
