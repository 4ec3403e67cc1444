import CommandTable
import Foundation
import HTTP
import TestSupport
import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation
@testable import XAuthTool

/// A world of one test's own: a folder with a `.env`, a clock that stands still, a network that
/// answers by a script, and nothing of the machine.
final class World: @unchecked Sendable {
  /// What a run of the tool left behind.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The `code` of the JSON error: on standard error where standard output is for something else.
    var errorCode: String? {
      let text = output.isEmpty ? errors : output
      let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      return (object?["error"] as? [String: Any])?["code"] as? String
    }
  }

  let folder = TemporaryFolder()
  let network = ScriptedNetwork()
  let hook = RecordedHook()
  /// The place that machines share a grant through; worlds that have the same one are a fleet.
  var store: MemoryStore?
  /// The programs that can be found, by their paths; the shell is there by itself.
  var installed: Set<String> = []
  /// The path under which this program would be found.
  var ourselves = ""
  /// The systemd timer that renews the `.env`.
  var renewalTimer: RenewalTimer?
  /// The libraries that are part of the program.
  var linkedLibraries: [LinkedLibrary] = []
  /// What the process became.
  var replacement: (arguments: [String], environment: [String: String])?
  var now = 1_800_000_000
  /// Seconds by which the wall clock is ahead; the clocks that never jump don't see it.
  var clockError = 0
  /// Called instead of a pause of so many seconds.
  var pause: (Double) -> Void = { _ in }
  /// Seconds that a run waits for the lock.
  var lockTimeout = Rotation.lockTimeout
  var environment: [String: String] = [:]
  var desktop = BrowserChoice.Desktop.linux
  /// Whether the file that Docker leaves in a container is there.
  var isContainer = false
  /// Whether standard error is a terminal.
  var isOnTerminal = false
  /// Whether standard output is one.
  var isOutputTerminal = false
  /// Whether standard input is a pipe.
  var hasPipedInput = false
  /// Whether nobody reads standard output any more.
  var isOutputClosed = false
  /// What the person at the terminal answers; nil: nobody is there.
  var answer: String?
  var questions: [String] = []
  /// Called while a question stands.
  var atQuestion: (String) -> Void = { _ in }
  /// What that person pastes, before the terminal's input ends.
  var paste: String?
  /// What git says of the `.env` and the journal.
  var git = GitAnswer.ignored
  var areSignalsHeld = false
  var steps: [RotationStep] = []
  /// Called at each step, as another process might do something at that very moment.
  var meanwhile: (RotationStep) -> Void = { _ in }

  private static let tool = Tool.xauth(named: "xauth")

  /// A world whose `.env` holds `lines` under a `CLIENT_ID`.
  init(_ lines: String = "", client: String = "CLIENT_ID=app\n") {
    folder.write(client + lines, to: ".env")
  }

  /// A world without a `.env`.
  static func withoutFile() -> World {
    let world = World()
    unlink(world.path)
    return world
  }

  /// A world with all that a login saves, of a grant whose access token lives `seconds` more.
  static func loggedIn(for seconds: Int) -> World {
    World(
      """
      X_OAUTH2_ACCESS_TOKEN=access==
      X_OAUTH2_REFRESH_TOKEN=refresh
      X_OAUTH2_EXPIRES_AT=\(1_800_000_000 + seconds)
      X_OAUTH2_GRANTED_SCOPES=tweet.read,offline.access

      """)
  }

  /// A world with a grant whose access token lives `seconds` more.
  convenience init(grantFor seconds: Int, access: String = "a0", refresh: String = "r0") {
    self.init()
    write(access: access, refresh: refresh, expiresIn: seconds)
  }

  var path: String { folder.file(".env") }

  /// From now on git would commit the `.env`.
  func letGitCommit() { git = .wouldCommit(tracked: [], untracked: [path]) }

  /// What the `.env` holds.
  var text: String { folder.text(".env") ?? "" }

  /// Replaces the `.env` by one with this grant, as an editor or another tool does.
  func write(access: String, refresh: String, expiresIn seconds: Int, also: String = "") {
    folder.write(
      """
      CLIENT_ID=app
      \(also)X_OAUTH2_ACCESS_TOKEN=\(access)
      X_OAUTH2_REFRESH_TOKEN=\(refresh)
      X_OAUTH2_EXPIRES_AT=\(now + seconds)

      """, to: ".env")
  }

  /// The value of `name` in the `.env`.
  func value(_ name: SettingName) -> String? {
    let line = text.split(separator: "\n").last { $0.hasPrefix("\(name.rawValue)=") }
    return line.map { String($0.dropFirst(name.rawValue.count + 1)) }
  }

  var access: String? { value(.accessToken) }
  var refresh: String? { value(.refreshToken) }

  /// The file behind the path.
  var target: FileTarget {
    get throws { try FileTarget.resolve(path, from: folder.path) }
  }

  /// The journal's newest record as it is stored.
  var record: RotationRecord? {
    get throws { try target.peekJournal().flatMap { RotationRecord(stored: $0.payload) } }
  }

  /// Makes `record` the journal's newest, as an earlier run would have; or as one that was written for
  /// another folder, of which it came here.
  func journal(_ record: RotationRecord, fromElsewhere: Bool = false) throws {
    let file = try LockedFile.acquire(target, timeout: 5, createIfAbsent: true, waiting: {})
    var record = record
    record.folder = fromElsewhere ? "1.2" : file.state.identity
    try file.writeJournal(record.encoded)
    file.release()
  }

  /// Runs the tool.
  @discardableResult
  func run(_ arguments: String...) -> Outcome { run(arguments) }

  /// Runs the tool.
  @discardableResult
  func run(_ arguments: [String]) -> Outcome {
    let output = Captured()
    let errors = Captured()
    steps = []
    let status = XAuth.run(.test(self, arguments, output: output, errors: errors))
    // The exit codes that help lists for a command are held against every run of every test.
    if let name = try? Self.tool.parse(arguments).command,
      let codes = Self.tool.command(named: name)?.exitCodes
    {
      #expect(
        codes.contains(Int(status)), "\(name) ends with \(status), which its help doesn't list")
    }
    return Outcome(status: status, output: output.text, errors: errors.text)
  }
}
