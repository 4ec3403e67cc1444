import Foundation
import TestSupport
import Testing

@Suite(
  "The steps of the workflow for GitHub Actions",
  .enabled(if: ReaderMachine.isPossible, ReaderMachine.need))
struct WorkflowTests {
  private let workflow: Workflow

  init() throws {
    workflow = try Workflow(HelpExamples.text(named: "name: Renew the X token"))
  }

  @Test("a renewal stores the new tokens as secrets, time after time, and prints none of them")
  func renews() throws {
    let machine = try WorkflowMachine(workflow)
    var seen = [try machine.secrets()["X_OAUTH2_REFRESH_TOKEN"]]
    for _ in 1...3 {
      let outcome = try machine.run("Renew", machine.secrets())
      #expect(outcome.status == 0, "\(outcome.errors)")
      seen.append(try machine.secrets()["X_OAUTH2_REFRESH_TOKEN"])
      for token in ["sandbox-access-", "sandbox-refresh-"] {
        #expect(!(outcome.output + outcome.errors).contains(token))
      }
    }
    #expect(Set(seen).count == 4)
  }

  @Test("a job reads the secrets when it starts: those from before a renewal are of no use")
  func stale() throws {
    #expect(try workflow.job.environment == "x-token")
    let machine = try WorkflowMachine(workflow)
    let whenQueued = try machine.secrets()
    #expect(try machine.run("Renew", whenQueued).status == 0)
    let renewed = try machine.secrets()
    // Another runner: nothing is left on it.
    try FileManager.default.removeItem(atPath: "\(machine.machine.home)/.local")
    #expect(try machine.run("Renew", whenQueued).status == 3)
    #expect(try machine.secrets() == renewed)
  }

  @Test("a `gh` that can't write secrets ends the run before a token is used")
  func provesFirst() throws {
    #expect(try workflow.job.steps.first?.name?.hasPrefix("Prove") == true)
    let machine = try WorkflowMachine(workflow)
    let before = try machine.secrets()
    machine.refuseToWriteSecrets()
    let refused = try machine.run("Prove", before)
    #expect(refused.status == 1)
    #expect(refused.errors == "HTTP 403\n")

    machine.letWriteSecrets()
    #expect(try machine.run("Prove", before).status == 0)
    #expect(try machine.secrets()["X_TOKEN_CHECKED_AT"] != nil)
    #expect(try machine.run("Renew", before).status == 0)
  }

  @Test("new tokens that `gh` fails to store are kept in a file, and the message names it")
  func notStored() throws {
    let machine = try WorkflowMachine(workflow)
    let before = try machine.secrets()
    machine.refuseToWriteSecrets()
    let outcome = try machine.run("Renew", before)
    #expect(outcome.status == 5, "\(outcome.errors)")
    #expect(outcome.errors.contains("HTTP 403"))
    #expect(machine.machine.calls(of: "gh").suffix(3).allSatisfy { $0.hasSuffix("-f -") })
    let file = try #require(outcome.errors.firstMatch(of: /\/\S*\/\.local\/[^\s;,)]+/)).0
    let kept = try String(contentsOfFile: String(file), encoding: .utf8)
    #expect(kept.contains("sandbox-refresh-"))
    #expect(try machine.secrets() == before)
  }

  @Test("the tag that is named is built, and installed where the next step looks for it")
  func builds() async throws {
    let machine = try WorkflowMachine(workflow)
    let programs = try await Checkout.programs()
    // It isn't built once more there: what the checkout has built is taken.
    machine.machine.play(
      "swift",
      """
      case "$*" in
        --version) exec '\(try #require(Checkout.swift))' --version ;;
        *--show-bin-path*) echo '\(programs)' ;;
      esac
      """)
    let program = "\(machine.machine.home)/xauth/bin/xauth"
    try FileManager.default.removeItem(atPath: program)
    let outcome = try machine.run(
      "Build", [:], environment: CheckoutUser.environment(of: machine.machine), seconds: 60)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let builds = machine.machine.calls(of: "swift").filter { $0.hasSuffix("--product xauth") }
    #expect(builds.count == 1)
    #expect(FileManager.default.isExecutableFile(atPath: program))
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
