import Foundation
import TestSupport
import Testing

/// GitHub with its runners, as far as our workflow needs them. Each job has a fresh home; a clone of
/// the repository isn't built once more there: `swift` is played by what the checkout has built.
final class WorkflowRunner {
  /// How a job ended: by the exit code of its last step, and with this log.
  struct Ending {
    let status: Int32
    let log: String
  }

  let machine: ReaderMachine
  private let job: Workflow.Job
  private let store: WorkflowSecrets

  /// Takes on `workflow`, with the secrets of a grant, put there as the README says and left nowhere
  /// else.
  init(_ workflow: Workflow) async throws {
    job = try workflow.job
    machine = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    store = try WorkflowSecrets(on: machine)
    let programs = try await Checkout.programs()
    machine.play(
      "swift",
      """
      case "$*" in
        --version) exec '\(try #require(Checkout.swift))' --version ;;
        *--show-bin-path*) echo '\(programs)' ;;
      esac
      """)
    let bootstrap = try ReadmeExamplesTests.text(of: "ci-bootstrap")
    _ = try machine.output(of: "xauth login\n\(bootstrap)\nrm -r .env*")
    // The one secret that somebody sets by hand.
    _ = try machine.output(of: "printf any | gh secret set --env x-token SECRETS_TOKEN")
  }

  /// The secrets that the job can read now.
  func secrets() throws -> [String: String] { try store.values(in: job.environment) }

  func refreshToken() throws -> String {
    try #require(try secrets()["X_OAUTH2_REFRESH_TOKEN"])
  }

  /// From here on nobody may write secrets.
  func refuseToWrite() { machine.play("gh", "echo 'HTTP 403' >&2; exit 1") }

  /// Takes that back.
  func allowToWrite() throws { _ = try WorkflowSecrets(on: machine) }

  /// Runs the job with `secrets`, up to the first step that fails.
  func run(_ secrets: [String: String]) throws -> Ending {
    try? FileManager.default.removeItem(atPath: machine.home)
    try FileManager.default.createDirectory(
      atPath: "\(machine.home)/work", withIntermediateDirectories: true)
    var expressions = known(with: secrets)
    var cache: WorkflowCache?
    var log = ""
    for step in job.steps {
      if let condition = step.condition, try !expressions.holds(condition) { continue }
      guard let script = step.run else {
        let restored = try restore(step, expressions)
        expressions.values["steps.\(step.id ?? "").outputs.cache-hit"] = "\(restored.isHit)"
        cache = restored
        continue
      }
      let outcome = try run(script, of: step, expressions)
      log += outcome.output + outcome.errors
      if outcome.status != 0 { return Ending(status: outcome.status, log: log) }
    }
    try cache?.save()
    return Ending(status: 0, log: log)
  }

  private func known(with secrets: [String: String]) -> WorkflowExpressions {
    var values = [
      "github.repository": "somebody/project", "runner.os": "Linux",
      "vars.XAUTH_REPOSITORY": "file://\(Checkout.path)", "vars.XAUTH_VERSION": Checkout.tag,
    ]
    for (name, value) in secrets { values["secrets.\(name)"] = value }
    return WorkflowExpressions(values: values)
  }

  /// As GitHub runs what names no shell.
  private func run(
    _ script: String, of step: Workflow.Step, _ expressions: WorkflowExpressions
  ) throws -> Child.Outcome {
    var environment = try CheckoutUser.environment(of: machine)
    environment["CI"] = "true"
    for (name, value) in (job.env ?? [:]).merging(step.env ?? [:], uniquingKeysWith: { $1 }) {
      environment[name] = expressions.filled(value)
    }
    return try machine.start(
      ["/bin/bash", "-e", "-c", expressions.filled(script)], environment: environment,
      in: "\(machine.home)/work"
    ).wait()
  }

  private func restore(
    _ step: Workflow.Step, _ expressions: WorkflowExpressions
  ) throws -> WorkflowCache {
    try #require(step.uses?.hasPrefix("actions/cache@") == true)
    let path = try #require(step.with?["path"]).replacing("~", with: machine.home)
    let key = expressions.filled(try #require(step.with?["key"]))
    return try WorkflowCache(path, key: key, in: machine.folder)
  }
}
