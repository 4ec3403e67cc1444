import Foundation
import TestSupport
import Testing

/// The shell steps of the workflow for GitHub Actions in `help ci`. Whether a step is due, and what is in
/// the cache, is for GitHub to decide: no test plays that.
struct Workflow: Decodable {
  struct Job: Decodable {
    let environment: String?
    let env: [String: String]?
    let steps: [Step]
  }

  struct Step: Decodable {
    let name: String?
    let run: String?
    let env: [String: String]?
  }

  private let jobs: [String: Job]

  /// Reads `yaml` with PyYAML.
  init(_ yaml: String) throws { self = try Self.decoded(Workflow.self, from: yaml) }

  /// What is in `yaml`.
  static func decoded<Content: Decodable>(
    _ type: Content.Type, from yaml: String
  ) throws -> Content {
    let outcome = try Child.run(
      "/usr/bin/env",
      [
        ProcessInfo.processInfo.environment["XAUTH_TEST_PYTHON"] ?? "python3", "-c",
        "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)",
      ], environment: ["PATH": "/usr/bin:/bin"], input: yaml)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
  }

  /// The only job.
  var job: Job {
    get throws {
      try #require(jobs.count == 1)
      return try #require(jobs.values.first)
    }
  }
}

/// A machine that runs those steps. Its `gh` keeps secrets as files, one folder an environment; the
/// grant is in them, put there as the help says, and nowhere else.
struct WorkflowMachine {
  let machine: ReaderMachine
  private let job: Workflow.Job

  init(_ workflow: Workflow) throws {
    job = try workflow.job
    machine = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    try FileManager.default.createDirectory(
      atPath: machine.folder.file("secrets"), withIntermediateDirectories: true)
    letWriteSecrets()
    _ = try machine.output(of: "\(HelpExamplesTests.bootstrap)\nrm -r .env*")
    // The one secret that a person sets by hand.
    _ = try machine.output(of: "printf any | gh secret set --env x-token SECRETS_TOKEN")
    // As the step that builds leaves it; "Build xauth" has a test of its own.
    _ = try machine.output(of: "mkdir -p ~/xauth/bin; ln -s '\(Child.built("xauth"))' ~/xauth/bin")
  }

  /// `gh secret set --env ENV NAME`, or `-f -` in place of a name, both from standard input; `gh api`
  /// makes environments. An environment that doesn't exist is refused.
  func letWriteSecrets() {
    machine.play(
      "gh",
      """
      cd '\(machine.folder.file("secrets"))' || exit 1
      if [ "$1 $2 $3 $4" = 'api --silent --method PUT' ]; then exec mkdir -p "${5##*/}"; fi
      [ "$1 $2 $3" = 'secret set --env' ] || exit 1
      cd "$4" || { echo 'HTTP 404' >&2; exit 1; }
      shift 4
      if [ "$*" != '-f -' ]; then exec cat >"$1"; fi
      grep '^[A-Z]' | while IFS== read -r name value; do printf %s "$value" >"$name"; done
      """)
  }

  /// From here on `gh` fails.
  func refuseToWriteSecrets() { machine.play("gh", "echo 'HTTP 403' >&2; exit 1") }

  /// The secrets of the job's environment.
  func secrets() throws -> [String: String] {
    let folder = "secrets/\(try #require(job.environment))"
    let names = try FileManager.default.contentsOfDirectory(atPath: machine.folder.file(folder))
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, machine.folder.text("\(folder)/\($0)") ?? "") })
  }

  /// Runs the step whose name begins with `name`, in a shell as GitHub starts it, and with its
  /// expressions (`${{ secrets.NAME }}`) filled in.
  func run(
    _ name: String, _ secrets: [String: String], environment: [String: String] = [:],
    seconds: Double = 30
  ) throws -> Child.Outcome {
    let step = try #require(job.steps.first { $0.name?.hasPrefix(name) == true })
    var values = [
      "github.repository": "somebody/project", "vars.XAUTH_REPOSITORY": "file://\(Checkout.path)",
      "vars.XAUTH_VERSION": Checkout.tag,
    ]
    for (name, value) in secrets { values["secrets.\(name)"] = value }
    let fill = { (text: String) in
      text.replacing(/\$\{\{ *([A-Za-z0-9_.-]+) *\}\}/) { values[String($0.1)] ?? "" }
    }
    var variables = environment.merging(["CI": "true"]) { $1 }
    for (name, text) in (job.env ?? [:]).merging(step.env ?? [:], uniquingKeysWith: { $1 }) {
      variables[name] = fill(text)
    }
    return try machine.start(
      ["/bin/bash", "-e", "-c", fill(try #require(step.run))], environment: variables,
      in: machine.home
    ).wait(seconds: seconds)
  }
}
