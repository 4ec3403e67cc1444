import Foundation
import TestSupport
import Testing

/// `xauth proxy` by itself, at a free port, until the value is gone.
final class ProxyAlone {
  let program: Child
  /// The whole address, with the secret.
  let address: String
  let port: Int

  /// Starts it for the grant of `stage`; `launcher` is a program, with arguments, that starts it.
  init(
    _ stage: RotationStage, upstream: String, _ options: [String] = [],
    environment: [String: String] = [:], launcher: [String] = []
  ) throws {
    let free = try LoopbackPort()
    let command =
      launcher + [
        Child.built("xauth"), "proxy", "--upstream", upstream, "--port", "\(free.number)",
      ]
      + options
    let program = try Child(
      command[0], Array(command.dropFirst()),
      environment: stage.environment.merging(environment) { $1 }, folder: stage.folder.path)
    try #require(
      eventually(within: 30) {
        program.errorsSoFar.contains("X_API_BASE_URL") || !program.isRunning
      })
    let kept = try #require(stage.folder.text(".env.xauth/proxy"), "\(program.errorsSoFar)")
    address = String(kept.prefix { $0 != "\n" })
    (self.program, port) = (program, free.number)
  }

  deinit {
    program.signal(SIGTERM)
    _ = program.wait()
  }

  var secret: String { String(address.suffix(32)) }

  /// What `curl` prints of an answer, and its status.
  static func curl(_ address: String, _ options: [String] = []) throws -> String {
    try Child.run(
      "/usr/bin/curl",
      ["--noproxy", "*", "-s", "--max-time", "20", "-w", " %{http_code}"] + options + [address],
      environment: ["PATH": "/usr/bin:/bin"]
    ).output
  }
}
