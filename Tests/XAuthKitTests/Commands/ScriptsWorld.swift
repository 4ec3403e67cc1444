import DurableFile
import Foundation
import HTTP
import OAuth
import TestSupport

@testable import XAuthKit

/// A world for the commands that scripts use: a folder with a `.env`, a clock that stands still, a
/// network that is scripted, and nothing of the machine.
final class ScriptsWorld: @unchecked Sendable {
  let folder = TemporaryFolder()
  var now = 1_800_000_000
  var environment: [String: String] = [:]
  /// Whether standard output is a terminal.
  var isOutputTerminal = false
  /// Whether nobody reads standard output any more.
  var isOutputClosed = false
  /// Whether standard error is one.
  var isErrorTerminal = false
  /// What a person answers; nil: nobody is there.
  var answer: String?
  var questions: [String] = []
  /// What the network answers; nil: libcurl is missing.
  var respond: ((HTTPRequest) -> Result<HTTPResponse, HTTPFailure>)? = { _ in
    .success(HTTPResponse(status: 503))
  }
  var requests: [HTTPRequest] = []
  /// Programs by the path of PATH that they are found on.
  var installed: [String: String] = [:]
  var ourselves = ""
  var wouldCommit = false
  /// What the process became.
  var replacement: (arguments: [String], environment: [String: String])?
  private var output: [UInt8] = []
  private var errors: [UInt8] = []

  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  init(_ dotEnv: String? = nil) {
    if let dotEnv { folder.write(dotEnv, to: ".env") }
  }

  /// A `.env` of a public client whose access token ends in so many seconds.
  static func granted(for seconds: Int) -> ScriptsWorld {
    ScriptsWorld(
      """
      CLIENT_ID=app
      X_OAUTH2_ACCESS_TOKEN=access==
      X_OAUTH2_REFRESH_TOKEN=refresh
      X_OAUTH2_EXPIRES_AT=\(1_800_000_000 + seconds)
      X_OAUTH2_GRANTED_SCOPES=tweet.read,offline.access

      """)
  }

  /// Runs the tool in this world.
  @discardableResult
  func run(_ arguments: String...) -> Outcome { run(arguments) }

  /// Runs the tool in this world.
  func run(_ arguments: [String]) -> Outcome {
    output = []
    errors = []
    let status = XAuth.run(context(arguments))
    return Outcome(
      status: status, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  private func context(_ arguments: [String]) -> Context {
    Context(
      programName: "xauth", arguments: arguments, environment: Environment(environment),
      workingFolder: folder.path,
      clock: Clock(now: { self.now }, uptime: { Double(self.now) }, sleep: { _ in }),
      randomBytes: { count throws(Failure) in (0..<count).map { UInt8(truncatingIfNeeded: $0) } },
      standardOutput: OutputDescriptor(
        isTerminal: isOutputTerminal, isForeground: { true }, columns: { nil },
        write: {
          if self.isOutputClosed { return EPIPE }
          self.output += $0
          return nil
        }),
      standardError: OutputDescriptor(
        isTerminal: isErrorTerminal, isForeground: { true }, columns: { nil },
        write: {
          self.errors += $0
          return nil
        }),
      terminal: Terminal(
        isInteractive: { self.answer != nil },
        ask: { question, _ in
          self.questions.append(question)
          return self.answer
        }),
      prepareNetwork: {},
      openNetwork: { () throws(HTTPLibraryUnavailable) in try self.network() },
      programs: programs, desktop: { .linux },
      remote: { RemoteHint(environment: [:], fileExists: { _ in false }) }, hostName: { "here" },
      awaitReadable: { _, _ in nil }, git: Git { _ in self.wouldCommit },
      signals: Signals(
        hold: { _ in }, letThrough: { nil }, end: { _ in }, watch: { nil }, unwatch: {},
        endBySignalSeen: {}),
      reached: { _ in }, isThisProgram: { $0 == self.ourselves }, appendLines: AppendedFile.append)
  }

  private func network() throws(HTTPLibraryUnavailable) -> Network {
    guard respond != nil else { throw HTTPLibraryUnavailable(reason: "no libcurl.so.4") }
    return Network { (request, _) throws(HTTPFailure) in try self.send(request) }
  }

  private func send(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
    requests.append(request)
    guard let respond else { return HTTPResponse(status: 503) }
    return try respond(request).get()
  }

  private func find(_ name: String, _ path: String?) -> String? {
    // Every system has this one.
    if name == "/bin/sh" { return name }
    return (path ?? "").split(separator: ":").map { "\($0)/\(name)" }.first { installed[$0] != nil }
  }

  private var programs: Programs {
    Programs(
      locate: { (name, path) throws(ProgramNotStarted) in
        guard let found = self.find(name, path) else {
          throw ProgramNotStarted(name: name, errno: ENOENT)
        }
        return found
      },
      start: { _, _ throws(ProgramNotStarted) in StartedProgram { false } },
      run: { _, _, _, _, _ throws(ProgramNotStarted) in
        throw ProgramNotStarted(name: "none", errno: ENOENT)
      },
      replace: { arguments, environment in
        self.replacement = (arguments, environment)
        return ENOEXEC
      })
  }
}
