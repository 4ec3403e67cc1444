import Foundation
import TestSupport
import Testing

/// What a workflow for GitHub Actions says, as far as ours uses it.
struct Workflow: Decodable {
  struct Job: Decodable {
    let environment: String?
    let env: [String: String]?
    let steps: [Step]
  }

  struct Step: Decodable {
    let name: String?
    let id: String?
    let condition: String?
    let uses: String?
    let with: [String: String]?
    let run: String?
    let env: [String: String]?

    private enum CodingKeys: String, CodingKey {
      case name, id, uses, with, run, env
      case condition = "if"
    }
  }

  let jobs: [String: Job]

  /// Reads `yaml` by PyYAML.
  init(_ yaml: String) throws {
    let outcome = try Child.run(
      "/usr/bin/env",
      [
        ProcessInfo.processInfo.environment["XAUTH_TEST_PYTHON"] ?? "python3", "-c",
        "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)",
      ], environment: ["PATH": "/usr/bin:/bin"], input: yaml)
    try #require(outcome.status == 0, "\(outcome.errors)")
    self = try JSONDecoder().decode(Workflow.self, from: Data(outcome.output.utf8))
  }

  /// The only job.
  var job: Job {
    get throws {
      try #require(jobs.count == 1)
      return try #require(jobs.values.first)
    }
  }
}
