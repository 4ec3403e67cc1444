import Foundation
import TestSupport
import Testing

/// The README's workflow, carried out by hand: its `run` lines, with the environment that it gives
/// them, and a `gh` that keeps secrets in files.
@Suite("The workflow for GitHub Actions")
struct WorkflowTests {
  private let lines: [String]

  init() throws {
    let blocks = FencedBlock.all(in: try Repository.text("README.md"))
    lines = try #require(blocks.first { $0.name == "github-actions" }).lines
  }

  @Test("it renews from secrets and puts the new tokens back, time after time")
  func renews() throws {
    let machine = try machineWithSecrets()
    defer { forgetRunner(machine) }

    var seen = [try secret("X_OAUTH2_REFRESH_TOKEN", machine)]
    for _ in 1...3 {
      forgetRunner(machine)
      let outcome = try runSteps(on: machine)
      #expect(outcome.status == 0, "\(outcome.errors)")
      seen.append(try secret("X_OAUTH2_REFRESH_TOKEN", machine))
      for token in ["sandbox-access-", "sandbox-refresh-"] {
        #expect(!(outcome.output + outcome.errors).contains(token))
      }
    }
    #expect(Set(seen).count == 4)
  }

  @Test("nothing is spent when secrets can't be written")
  func provesFirst() throws {
    let machine = try machineWithSecrets()
    defer { forgetRunner(machine) }
    let before = try secret("X_OAUTH2_REFRESH_TOKEN", machine)

    machine.play("gh", "echo 'HTTP 403' >&2; exit 1")
    #expect(try runSteps(on: machine).status == 1)

    try playSecrets(on: machine)
    #expect(try runSteps(on: machine).status == 0)
    #expect(try secret("X_OAUTH2_REFRESH_TOKEN", machine) != before)
  }

  /// A machine whose `gh` knows the secrets of a grant, with nothing left of it elsewhere.
  private func machineWithSecrets() throws -> ReaderMachine {
    let machine = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    try playSecrets(on: machine)
    let outcome = try machine.shell("xauth login && gh secret set -f - <.env && rm -r .env*")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return machine
  }

  /// A runner is gone with its job; this machine isn't. What a run keeps is under the home that the
  /// password database names, whatever `HOME` says, and known by the token in it.
  private func forgetRunner(_ machine: ReaderMachine) {
    guard let home = getpwuid(geteuid())?.pointee.pw_dir,
      let token = try? secret("X_OAUTH2_REFRESH_TOKEN", machine), !token.isEmpty
    else { return }
    let folder = "\(String(cString: home))/.local/state/xauth"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix("environment-") && name.hasSuffix(".env") {
      let file = "\(folder)/\(name)"
      guard let text = try? String(contentsOfFile: file, encoding: .utf8), text.contains(token)
      else { continue }
      for path in [file, "\(file).xauth"] { try? FileManager.default.removeItem(atPath: path) }
    }
  }

  /// `gh secret set NAME` and `gh secret set -f -`, both from standard input.
  private func playSecrets(on machine: ReaderMachine) throws {
    let folder = machine.folder.file("secrets")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    machine.play(
      "gh",
      """
      [ "$1 $2" = 'secret set' ] || exit 1
      if [ "$3 ${4-}" != '-f -' ]; then exec cat >'\(folder)'/"$3"; fi
      grep '^[A-Z]' | while IFS== read -r name value; do
        printf %s "$value" >'\(folder)'/"$name"
      done
      """)
  }

  private func secret(_ name: String, _ machine: ReaderMachine) throws -> String {
    machine.folder.text("secrets/\(name)") ?? ""
  }

  /// Runs the steps that prove and renew, each with the secrets that the workflow hands it.
  private func runSteps(on machine: ReaderMachine) throws -> Child.Outcome {
    var environment = ["CI": "true"]
    for line in lines {
      let parts = line.trimmingCharacters(in: .whitespaces).components(
        separatedBy: ": ${{ secrets.")
      guard parts.count == 2, let name = parts[1].split(separator: " ").first else { continue }
      environment[parts[0]] = try secret(String(name), machine)
    }
    // Where the sandbox is: X's own addresses need no setting.
    for name in ["X_API_BASE_URL", "X_OAUTH2_AUTHORIZE_URL"] {
      environment[name] = try secret(name, machine)
    }
    let commands = lines.compactMap { line -> String? in
      let line = line.trimmingCharacters(in: .whitespaces)
      guard line.hasPrefix("run: "), line != "run: |" else { return nil }
      return line.dropFirst(5).replacingOccurrences(of: "~/xauth/bin/", with: "")
    }
    try #require(commands.count == 2)
    return try machine.shell(commands.joined(separator: "\n"), environment: environment)
  }
}
