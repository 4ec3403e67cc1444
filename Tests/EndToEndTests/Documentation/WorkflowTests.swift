import Foundation
import TestSupport
import Testing

/// The README's workflow, carried out by hand: its `run` lines, with the environment that it gives
/// them, and a `gh` that keeps the secrets of each environment in files.
@Suite("The workflow for GitHub Actions")
struct WorkflowTests {
  /// The values of secrets, by name.
  private typealias Secrets = [String: String]

  private let blocks: [FencedBlock]
  private let lines: [String]

  init() throws {
    blocks = FencedBlock.all(in: try Repository.text("README.md"))
    lines = try #require(blocks.first { $0.name == "github-actions" }).lines
  }

  @Test("it renews from secrets and puts the new tokens back, time after time")
  func renews() throws {
    let machine = try machineWithSecrets()
    var seen = [try refreshToken(machine)]
    defer { forgetRunner(seen) }
    for _ in 1...3 {
      forgetRunner(seen)
      let outcome = try runSteps(on: machine, secrets(machine))
      #expect(outcome.status == 0, "\(outcome.errors)")
      seen.append(try refreshToken(machine))
      for token in ["sandbox-access-", "sandbox-refresh-"] {
        #expect(!(outcome.output + outcome.errors).contains(token))
      }
    }
    #expect(Set(seen).count == 4)
  }

  @Test("a run that waited for another finds the token that this one has left")
  func queued() throws {
    // GitHub reads a repository's secrets when the run is queued, and those of an environment when a
    // job that names it starts.
    let isReadAtStart = environmentName != nil
    let machine = try machineWithSecrets()
    var seen = [try refreshToken(machine)]
    defer { forgetRunner(seen) }
    let whenQueued = try secrets(machine)
    #expect(try runSteps(on: machine, whenQueued).status == 0)
    seen.append(try refreshToken(machine))
    forgetRunner(seen)

    let waited = try runSteps(on: machine, isReadAtStart ? secrets(machine) : whenQueued)
    #expect(waited.status == 0, "\(waited.errors)")
    seen.append(try refreshToken(machine))
    forgetRunner(seen)
    #expect(Set(seen).count == 3)

    #expect(try runSteps(on: machine, whenQueued).status == 3)
  }

  @Test("nothing is spent when secrets can't be written")
  func provesFirst() throws {
    let machine = try machineWithSecrets()
    let before = try refreshToken(machine)
    defer { forgetRunner([before]) }

    machine.play("gh", "echo 'HTTP 403' >&2; exit 1")
    #expect(try runSteps(on: machine, secrets(machine)).status == 1)

    try playSecrets(on: machine)
    #expect(try runSteps(on: machine, secrets(machine)).status == 0)
    #expect(try refreshToken(machine) != before)
  }

  @Test("what is cloned and built is the tag that is named")
  func builds() throws {
    let machine = try ReaderMachine()
    try FileManager.default.createDirectory(
      atPath: machine.folder.file("upstream/scripts"), withIntermediateDirectories: true)
    machine.folder.write(
      """
      #!/bin/bash
      [[ $1 == --prefix ]] || exit 1
      mkdir -p "$2/bin" && cp "$0" "$2/bin/xauth"
      """, to: "upstream/scripts/install", mode: 0o755)
    let script = try buildScript(
      ["XAUTH_REPOSITORY": "file://\(machine.folder.file("upstream"))", "XAUTH_VERSION": "v1"])
    let outcome = try machine.shell(
      """
      export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
      (cd "$HOME"/upstream && git init --quiet . && git add . && git commit --quiet -m one &&
        git tag v1 && git rm --quiet scripts/install && git commit --quiet -m two)
      \(script)
      test -x ~/xauth/bin/xauth
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("the build's lines give shellcheck nothing to say", .enabled(if: Tools.has("shellcheck")))
  func shellcheck() throws {
    let script = try buildScript(["XAUTH_REPOSITORY": "https://example.com", "XAUTH_VERSION": "v1"])
    let outcome = try Child.run(
      "/usr/bin/shellcheck", ["--shell", "bash", "-"], environment: ["PATH": "/usr/bin:/bin"],
      input: script)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test("only steps that call gh get its token")
  func token() throws {
    let steps = lines.split { $0.hasPrefix("      - ") }
    #expect(steps.count == 5)
    #expect(steps.first?.contains { $0.contains("secrets.") } == false)
    #expect(steps.filter { $0.contains { $0.contains("GH_TOKEN:") } }.count == 2)
    for step in steps where step.contains(where: { $0.contains("GH_TOKEN:") }) {
      #expect(step.contains { $0.contains("run:") && $0.contains("gh secret set") })
    }
  }

  /// The environment whose secrets the job reads.
  private var environmentName: String? {
    lines.first { $0.hasPrefix("    environment: ") }.flatMap {
      $0.split(separator: " ").dropFirst().first.map(String.init)
    }
  }

  /// A machine whose `gh` knows the secrets of a grant, put there as the README says, with nothing
  /// left of it elsewhere.
  private func machineWithSecrets() throws -> ReaderMachine {
    let machine = try ReaderMachine(sandbox: ["--access-lifetime", "600"])
    try playSecrets(on: machine)
    // Where the sandbox is: X's own addresses need no setting.
    machine.folder.write(
      ["X_API_BASE_URL", "X_OAUTH2_AUTHORIZE_URL"].map {
        "\($0)=\(machine.value($0) ?? "")\n"
      }.joined(), to: "sandbox.env")
    let bootstrap = try #require(blocks.first { $0.name == "ci-bootstrap" }).text
    let outcome = try machine.shell("xauth login\n\(bootstrap)\nrm -r .env*")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return machine
  }

  /// A runner is gone with its job; this machine isn't. What a run keeps is under the home that the
  /// password database names, whatever `HOME` says, and known by the tokens in it.
  private func forgetRunner(_ tokens: [String]) {
    guard let home = getpwuid(geteuid())?.pointee.pw_dir else { return }
    let folder = "\(String(cString: home))/.local/state/xauth"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix("environment-") && name.hasSuffix(".env") {
      let file = "\(folder)/\(name)"
      guard let text = try? String(contentsOfFile: file, encoding: .utf8),
        tokens.contains(where: { !$0.isEmpty && text.contains($0) })
      else { continue }
      for path in [file, "\(file).xauth"] { try? FileManager.default.removeItem(atPath: path) }
    }
  }

  /// `gh secret set [--env ENV] NAME` and the same with `-f -`, both from standard input. Secrets of
  /// an environment that nobody has made are refused.
  private func playSecrets(on machine: ReaderMachine) throws {
    let folder = machine.folder.file("secrets")
    try FileManager.default.createDirectory(
      atPath: "\(folder)/repository", withIntermediateDirectories: true)
    machine.play(
      "gh",
      """
      cd '\(folder)' || exit 1
      if [ "$1 $2 $3 $4" = 'api --silent --method PUT' ]; then exec mkdir -p "${5##*/}"; fi
      [ "$1 $2" = 'secret set' ] || exit 1
      shift 2
      place=repository
      if [ "$1" = --env ]; then place=$2; shift 2; fi
      cd "$place" || { echo 'HTTP 404' >&2; exit 1; }
      if [ "$*" != '-f -' ]; then exec cat >"$1"; fi
      grep '^[A-Z]' | while IFS== read -r name value; do printf %s "$value" >"$name"; done
      """)
  }

  /// The secrets that the job can read now.
  private func secrets(_ machine: ReaderMachine) throws -> Secrets {
    let folder = "secrets/\(environmentName ?? "repository")"
    let names = try FileManager.default.contentsOfDirectory(atPath: machine.folder.file(folder))
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, machine.folder.text("\(folder)/\($0)") ?? "") })
  }

  private func refreshToken(_ machine: ReaderMachine) throws -> String {
    try #require(try secrets(machine)["X_OAUTH2_REFRESH_TOKEN"])
  }

  /// The script of the build's step, with the values of the repository's variables in their places.
  private func buildScript(_ values: [String: String]) throws -> String {
    let start = try #require(lines.firstIndex { $0.hasSuffix("run: |") })
    let script = lines[(start + 1)...].prefix { $0.hasPrefix("          ") }
    return values.reduce(script.map { "\($0.dropFirst(10))\n" }.joined()) {
      $0.replacingOccurrences(of: "${{ vars.\($1.key) }}", with: $1.value)
    }
  }

  /// Runs the steps that prove and renew, each with the secrets that the workflow hands it.
  private func runSteps(on machine: ReaderMachine, _ secrets: Secrets) throws -> Child.Outcome {
    var environment = ["CI": "true"]
    for line in lines {
      let parts = line.trimmingCharacters(in: .whitespaces).components(
        separatedBy: ": ${{ secrets.")
      guard parts.count == 2, let name = parts[1].split(separator: " ").first else { continue }
      environment[parts[0]] = secrets[String(name)] ?? ""
    }
    for line in (machine.folder.text("sandbox.env") ?? "").split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      environment[String(parts[0])] = String(parts[1])
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
