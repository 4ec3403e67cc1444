import Foundation
import HTTP
import TestSupport

@testable import DurableFile
@testable import OAuth
@testable import XAuthKit

/// A world of one test's own: a folder with a `.env`, a clock that stands still, a network that
/// answers by a script, and nothing of the machine.
final class World: @unchecked Sendable {
  /// What a run of the tool left behind.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The `code` of the JSON error on standard output.
    var errorCode: String? {
      let object = try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      return (object?["error"] as? [String: Any])?["code"] as? String
    }
  }

  let folder = TemporaryFolder()
  let network = ScriptedNetwork()
  let hook = RecordedHook()
  var now = 1_800_000_000
  var environment: [String: String] = [:]
  var isOnTerminal = false
  var areSignalsHeld = false
  var steps: [RotationStep] = []
  /// Called at each step, as another process might do something at that very moment.
  var meanwhile: (RotationStep) -> Void = { _ in }

  /// A world whose `.env` holds `lines` under a `CLIENT_ID`.
  init(_ lines: String = "", client: String = "CLIENT_ID=app\n") {
    folder.write(client + lines, to: ".env")
  }

  /// A world with a grant whose access token lives `seconds` more.
  convenience init(grantFor seconds: Int, access: String = "a0", refresh: String = "r0") {
    self.init()
    write(access: access, refresh: refresh, expiresIn: seconds)
  }

  var path: String { folder.file(".env") }

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
    get throws { try target.peekJournal().flatMap(RotationRecord.init(stored:)) }
  }

  /// Makes `record` the journal's newest, as an earlier run would have.
  func journal(_ record: RotationRecord) throws {
    let file = try LockedFile.acquire(target, timeout: 5, createIfAbsent: true, waiting: {})
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
    return Outcome(status: status, output: output.text, errors: errors.text)
  }
}

extension Context {
  /// The world of a test.
  static func test(
    _ world: World, _ arguments: [String], output: Captured, errors: Captured
  ) -> Context {
    Context(
      programName: "xauth", arguments: arguments, environment: Environment(world.environment),
      workingFolder: world.folder.path,
      clock: Clock(now: { world.now }, uptime: { Double(world.now) }, sleep: { _ in }),
      randomBytes: { count throws(Failure) in (0..<count).map { UInt8(truncatingIfNeeded: $0) } },
      standardOutput: output.descriptor(isTerminal: false),
      standardError: errors.descriptor(isTerminal: world.isOnTerminal), terminal: .none,
      prepareNetwork: { world.network.isPrepared = true },
      openNetwork: { () throws(HTTPLibraryUnavailable) in try world.network.open() },
      programs: world.hook.programs,
      desktop: { .current(environment: [:], kernelVersion: nil) },
      remote: { RemoteHint(environment: [:], fileExists: { _ in false }) }, hostName: { "here" },
      awaitReadable: { _, _ in nil }, git: Git { _ in false },
      signals: Signals(
        hold: { _ in world.areSignalsHeld = true },
        letThrough: {
          world.areSignalsHeld = false
          return nil
        }, end: { _ in },
        watch: { nil },
        unwatch: {}, endBySignalSeen: {}),
      reached: {
        world.steps.append($0)
        world.meanwhile($0)
      },
      isThisProgram: { _ in true },
      appendLines: { _, path throws(Failure) in
        throw .file(.system(operation: "open", path: path, errno: ENOENT))
      })
  }
}

/// A stream that keeps what is written.
final class Captured: @unchecked Sendable {
  private var bytes: [UInt8] = []

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func descriptor(isTerminal: Bool) -> OutputDescriptor {
    OutputDescriptor(
      isTerminal: isTerminal, isForeground: { true }, columns: { nil },
      write: { [self] in
        bytes += $0
        return nil
      })
  }
}

/// Programs of which only the `--on-rotate` command can be run: what it was given is kept.
final class RecordedHook: @unchecked Sendable {
  struct Call {
    let arguments: [String]
    let environment: [String: String]
    let input: String
  }

  var calls: [Call] = []
  var end = ProgramOutcome.End.exited(0)
  var shellExists = true
  /// What a shell says of a command that it reads (`-n`) or looks for (`command -v`), and runs nothing.
  var check: (_ arguments: [String]) -> ProgramOutcome.End = { _ in .exited(0) }
  /// What the command does while it runs.
  var action: () -> Void = {}

  var programs: Programs {
    Programs(
      locate: { [self] name, _ throws(ProgramNotStarted) in
        guard shellExists else { throw ProgramNotStarted(name: name, errno: ENOENT) }
        return name
      },
      start: { arguments, _ throws(ProgramNotStarted) in
        throw ProgramNotStarted(name: arguments[0], errno: ENOENT)
      },
      run: { [self] arguments, environment, input, _, _ in
        if arguments.count > 3 { return ProgramOutcome(end: check(arguments)) }
        calls.append(
          Call(
            arguments: arguments, environment: environment,
            input: String(decoding: input, as: UTF8.self)))
        action()
        return ProgramOutcome(end: end)
      }, replace: { _, _ in ENOENT })
  }
}
