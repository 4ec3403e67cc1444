import Foundation
import TestSupport

/// A stand-in for an engine (Drivers/engines.py), as long as the value lives.
final class StandIn: Sendable {
  struct NotStarted: Error { let text: String }

  let port: Int
  private let child: Child

  init(_ arguments: String...) throws {
    let python = ProcessInfo.processInfo.environment["XAUTH_TEST_PYTHON"]
    child = try Child(
      "/usr/bin/env",
      [python ?? "python3", "-B", "\(Repository.path)/Tests/StoresTests/Drivers/engines.py"]
        + arguments,
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"])
    let child = child
    guard eventually(within: 60, { child.outputSoFar.contains("\n") }),
      let port = Int(child.outputSoFar.dropLast())
    else {
      child.signal(SIGKILL)
      throw NotStarted(text: child.wait().errors)
    }
    self.port = port
  }

  /// Its address.
  var url: String { "http://127.0.0.1:\(port)" }

  deinit {
    child.signal(SIGKILL)
    _ = child.wait(seconds: 5)
  }
}
