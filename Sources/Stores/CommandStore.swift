import Rotation

/// Whatever a command of the user's reaches: `COMMAND get`, and `COMMAND swap REVISION` (`-`: where there
/// is nothing), with one JSON object of strings as the value.
///
/// `get` prints the revision on the first line and the value after it; `swap` reads the value and prints
/// the new revision. They exit with 0, or 3: there is nothing, 4: it has changed, 5: not allowed.
/// Whatever else they do decides nothing.
public struct CommandStore: SharedStore {
  /// What became of a command.
  public enum Outcome: Sendable {
    /// It exited.
    case ended(status: Int32, output: [UInt8])
    /// It was ended by a signal, or before it had exited.
    case brokenOff
    /// It couldn't be started.
    case notStarted(reason: String)
  }

  /// Runs a program with `input`, for so many seconds at most.
  public typealias Run =
    @Sendable (_ arguments: [String], _ input: [UInt8], _ seconds: Double) -> Outcome

  /// As in the setting: `exec:COMMAND`.
  public let name: String
  private let command: String
  private let run: Run

  /// How long a command may take, in seconds.
  private static let timeLimit = 10.0

  /// What the shell command `place` reaches.
  public init(place: String, run: @escaping Run) {
    (name, command, self.run) = ("exec:\(place)", place, run)
  }

  /// What there is now.
  public func read(within seconds: Double) throws(StoreFailure) -> StoredEntries? {
    let (status, output) = try ask(["get"], [], within: seconds)
    if status == 3 { return nil }
    guard status == 0 else { throw failure(status) }
    let line = output.prefix { $0 != UInt8(ascii: "\n") }
    let value = Array(output[line.endIndex...].dropFirst())
    guard let revision = Self.revision(line), value.count <= JSON.sizeLimit,
      let entries = JSON(value)?.entries
    else { throw .unknown(reason: "the command printed no revision with a JSON object of strings") }
    return StoredEntries(entries, at: revision)
  }

  /// Puts the value if the place still is as it was.
  public func swap(
    _ entries: [String: String], over revision: StoreRevision?, within seconds: Double
  ) throws(StoreFailure) -> StoreSwap {
    let value = try JSON(entries).bytesWithinLimit()
    let (status, output) = try ask(["swap", revision?.text ?? "-"], value, within: seconds)
    if status == 4 { return .changed }
    guard status == 0 else { throw failure(status) }
    let line = output.last == UInt8(ascii: "\n") ? output.dropLast() : output[...]
    guard let revision = Self.revision(line) else {
      throw .unknown(reason: "the command printed no new revision")
    }
    return .swapped(revision)
  }

  /// One word of printable ASCII, which a command line can carry; `-` means that there is nothing.
  private static func revision(_ line: ArraySlice<UInt8>) -> StoreRevision? {
    guard 1...200 ~= line.count, line.allSatisfy({ 0x21...0x7E ~= $0 }), line != [0x2D] else {
      return nil
    }
    return StoreRevision(String(decoding: line, as: UTF8.self))
  }

  private func ask(
    _ words: [String], _ input: [UInt8], within seconds: Double
  ) throws(StoreFailure) -> (status: Int32, output: [UInt8]) {
    let arguments = ["sh", "-c", "\(command) \"$@\"", "sh"] + words
    switch run(arguments, input, min(seconds, Self.timeLimit)) {
    case .ended(let status, let output): return (status, output)
    case .brokenOff: throw .unknown(reason: "the command was broken off")
    case .notStarted(let reason): throw .notSent(reason: reason)
    }
  }

  private func failure(_ status: Int32) -> StoreFailure {
    status == 5
      ? .notAllowed(reason: "the command says so (exit code 5)")
      : .unknown(reason: "the command failed (exit code \(status))")
  }
}
