import Foundation
import TestSupport
import Testing

/// The files of `scripts/examples`, which people copy.
@Suite("scripts/examples", .enabled(if: ReaderMachine.isPossible, ReaderMachine.need))
struct ScriptExamplesTests {
  /// A file of YAML, as far as it is looked at here.
  private struct Compose: Decodable {
    struct Service: Decodable {
      struct Check: Decodable { let test: [String] }
      let entrypoint: [String]
      let command: [String]
      let stop_grace_period: String
      let healthcheck: Check
    }
    let services: [String: Service]
  }

  private struct GitLabJob: Decodable {
    let resource_group: String
    let interruptible: Bool
    let script: [String]
  }

  private func text(_ name: String) throws -> String {
    try Repository.text("scripts/examples/\(name)")
  }

  @Test("the workflow for GitHub is the one in the help, with a preface")
  func github() throws {
    let help = try HelpExamples.text(named: "name: Renew the X token")
    let file = try text("github.yml")
    #expect(file.hasSuffix("\n\n\(help)\n"))
    #expect(
      file.dropLast(help.utf8.count + 1).split(separator: "\n").allSatisfy { $0.first == "#" })
  }

  @Test("the job for GitLab stores the new tokens in the variable that they came from")
  func gitlab() throws {
    let jobs = try Workflow.decoded([String: GitLabJob].self, from: text("gitlab-ci.yml"))
    let job = try #require(jobs["renew-x-token"])
    #expect(job.resource_group == "x-token" && !job.interruptible)
    let runner = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    let client = try #require(runner.value("CLIENT_ID"))
    // What `export` prints after a login is the variable's value.
    let variable = runner.folder.file("X_TOKEN")
    _ = try runner.output(of: "xauth login; xauth export >'\(variable)'; rm -r .env*")
    let before = try #require(runner.folder.text("X_TOKEN"))
    runner.play("curl", "cat >'\(runner.folder.file("stored"))'; cat <&3")
    let environment = [
      "CI": "true", "CLIENT_ID": client, "X_TOKEN": variable, "VARIABLES_TOKEN": "glpat-1",
      "CI_PROJECT_ID": "7",
      "CI_API_V4_URL": "https://gitlab.example/api/v4",
    ]
    mkdir(runner.folder.file("home/xauth"), 0o700)
    mkdir(runner.folder.file("home/xauth/bin"), 0o700)
    symlink(Child.built("xauth"), runner.folder.file("home/xauth/bin/x-auth"))
    let outcome = try runner.shell(
      job.script.joined(separator: "\n"), environment: environment, in: runner.home)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect((outcome.output + outcome.errors).contains("PRIVATE-TOKEN: glpat-1\n"))
    let call = try #require(runner.calls(of: "curl").last)
    #expect(
      call.hasSuffix("--form value=<- https://gitlab.example/api/v4/projects/7/variables/X_TOKEN"))
    #expect(!call.contains("glpat-1"))
    // The next job has all that this one had.
    let after = try #require(runner.folder.text("stored"))
    #expect(after != before)
    runner.folder.write(after, to: "X_TOKEN")
    let next = try runner.shell(
      "rm -r ~/x-token\n" + job.script.joined(separator: "\n"), environment: environment,
      in: runner.home)
    #expect(next.status == 0, "\(next.errors)")
  }

  @Test("docker compose gives a renewal time to end, and its health check works")
  func compose() throws {
    let compose = try Workflow.decoded(Compose.self, from: text("compose.yaml"))
    let service = try #require(compose.services["xmcp"])
    #expect(service.stop_grace_period == "70s")
    let machine = try ReaderMachine.signedIn(lifetime: 600)
    let words = service.healthcheck.test.dropFirst(2).joined(separator: " ")
    _ = try machine.output(of: "xauth \(words)")
    let ended = try ReaderMachine.signedIn(lifetime: 60)
    #expect(try ended.shell("xauth \(words)").status != 0)
    let command = (service.entrypoint.dropFirst() + service.command.prefix(2)).joined(
      separator: " ")
    _ = try machine.output(of: "xauth \(command) true")
  }

  @Test("systemd takes the units")
  func systemd() throws {
    let machine = try ReaderMachine()
    _ = try machine.output(
      of: """
        ln -s xauth /usr/local/bin/x-auth
        cp '\(Repository.path)'/scripts/examples/x-auth-refresh@.* .
        systemd-analyze verify --man=no ./x-auth-refresh@.timer ./x-auth-refresh@.service
        """)
  }
}
