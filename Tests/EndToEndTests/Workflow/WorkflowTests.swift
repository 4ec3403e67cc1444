import Foundation
import TestSupport
import Testing

/// The README's workflow, run step by step as GitHub does it.
@Suite(
  "The workflow for GitHub Actions", .needsCheckout,
  .enabled(if: ReaderMachine.isPossible, ReaderMachine.need))
struct WorkflowTests {
  private let workflow: Workflow

  init() throws {
    workflow = try Workflow(ReadmeExamplesTests.text(of: "github-actions"))
  }

  @Test("it renews from secrets and puts the new tokens back, time after time")
  func renews() async throws {
    let runner = try await WorkflowRunner(workflow)
    var seen = [try runner.refreshToken()]
    for _ in 1...3 {
      let outcome = try runner.run(runner.secrets())
      #expect(outcome.status == 0, "\(outcome.log)")
      seen.append(try runner.refreshToken())
      for token in ["sandbox-access-", "sandbox-refresh-"] {
        #expect(!outcome.log.contains(token))
      }
    }
    #expect(Set(seen).count == 4)
    // Built once, from the tag that is named, and then cached.
    let builds = runner.machine.calls(of: "swift").filter { $0.hasSuffix("--product xauth") }
    #expect(builds.count == 1)
  }

  @Test("a run that waited for another finds the token that this one has left")
  func queued() async throws {
    // GitHub reads a repository's secrets when the run is queued, and those of an environment when a
    // job that names it starts.
    let isReadAtStart = try workflow.job.environment != nil
    let runner = try await WorkflowRunner(workflow)
    var seen = [try runner.refreshToken()]
    let whenQueued = try runner.secrets()
    #expect(try runner.run(whenQueued).status == 0)
    seen.append(try runner.refreshToken())

    let waited = try runner.run(isReadAtStart ? runner.secrets() : whenQueued)
    #expect(waited.status == 0, "\(waited.log)")
    seen.append(try runner.refreshToken())
    #expect(Set(seen).count == 3)

    #expect(try runner.run(whenQueued).status == 3)
  }

  @Test("nothing is spent when secrets can't be written")
  func provesFirst() async throws {
    let runner = try await WorkflowRunner(workflow)
    let before = try runner.refreshToken()

    runner.refuseToWrite()
    #expect(try runner.run(runner.secrets()).status == 1)

    try runner.allowToWrite()
    #expect(try runner.run(runner.secrets()).status == 0)
    #expect(try runner.refreshToken() != before)
  }

  @Test("the lines give shellcheck nothing to say", .enabled(if: Tools.has("shellcheck")))
  func shellcheck() throws {
    for script in try workflow.job.steps.compactMap(\.run) {
      // GitHub puts the values in before a shell sees them.
      let plain = script.replacing(/\$\{\{.*?\}\}/, with: "value")
      let outcome = try Child.run(
        "/usr/bin/shellcheck", ["--shell", "bash", "-"], environment: ["PATH": "/usr/bin:/bin"],
        input: plain)
      #expect(outcome.status == 0, "\(outcome.output)")
    }
  }

  @Test("only steps that call gh get its token")
  func token() throws {
    let steps = try workflow.job.steps
    #expect(steps.count == 4)
    #expect(try workflow.job.env?.values.contains { $0.contains("secrets.") } == false)
    let trusted = steps.filter { $0.env?["GH_TOKEN"] != nil }
    #expect(trusted.count == 2)
    #expect(trusted.allSatisfy { $0.run?.contains("gh secret set") == true })
    #expect(steps.filter { $0.env?.values.contains { $0.contains("secrets.") } == true }.count == 2)
  }
}
