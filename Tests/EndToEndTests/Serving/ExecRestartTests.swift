import Foundation
import TestSupport
import Testing

@Suite("exec --restart, with real programs")
struct ExecRestartTests {
  /// A command that writes its token and what it is told, until it is ended.
  private static let worker = """
    echo $$ >>workers
    trap 'echo usr1' USR1
    trap 'echo hup' HUP
    trap 'echo ending; exit 7' TERM
    echo "token $X_OAUTH2_ACCESS_TOKEN ${X_OAUTH2_REFRESH_TOKEN:-no refresh token}"
    while :; do sleep 0.05; done
    """

  private func start(
    _ stage: RotationStage, _ options: [String] = [], _ script: String = worker
  ) throws -> Child {
    try stage.start(
      ["exec", "--restart", "--no-stdin"] + options + ["--", "/bin/sh", "-c", script])
  }

  /// Ends what is left of both: an orphan would hold other tests' pipes open.
  private func end(_ child: Child, _ stage: RotationStage) {
    child.signal(SIGKILL)
    for line in (stage.folder.text("workers") ?? "").split(separator: "\n") {
      if let worker = Int32(line) { kill(worker, SIGKILL) }
    }
  }

  private func lines(_ child: Child) -> [String] {
    child.outputSoFar.split(separator: "\n").map(String.init)
  }

  @Test("the command runs with a fresh token, and again with each that is saved, by whomever")
  func restarts() throws {
    let stage = try RotationStage()
    let child = try start(stage)
    defer { end(child, stage) }
    try #require(eventually { lines(child).count == 1 })
    #expect(lines(child)[0] == "token \(stage.access ?? "") no refresh token")
    #expect(try stage.run("refresh", "--force").status == 0)
    try #require(eventually { lines(child).count == 3 })
    #expect(lines(child)[1...] == ["ending", "token \(stage.access ?? "") no refresh token"])
    let shown = try stage.run("show").output
    #expect(shown.contains("served    by exec --restart (process \(child.id))\n"))
    child.signal(SIGUSR1)
    try #require(eventually { lines(child).last == "usr1" })
    child.signal(SIGTERM)
    #expect(child.wait().status == 7)
    #expect(!(try stage.run("show").output.contains("served")))
    #expect(stage.outcomes == ["refreshed", "refreshed"])
  }

  @Test("SIGHUP has the command read its settings again, and ends neither of the two")
  func hangUp() throws {
    let stage = try RotationStage()
    let child = try start(stage)
    defer { end(child, stage) }
    try #require(eventually { lines(child).count == 1 })
    for count in 2...3 {
      child.signal(SIGHUP)
      try #require(eventually { lines(child).count == count })
      #expect(lines(child).last == "hup")
    }
    #expect(try stage.run("refresh", "--force").status == 0)
    try #require(eventually { lines(child).count == 5 })
    #expect(lines(child).last == "token \(stage.access ?? "") no refresh token")
    child.signal(SIGTERM)
    #expect(child.wait().status == 7)
  }

  @Test("the command's own end is its end, with the same exit code")
  func ownEnd() throws {
    let stage = try RotationStage()
    #expect(try start(stage, [], "exit 5").wait().status == 5)
    #expect(try start(stage, [], "kill -9 $$").wait().status == 137)
  }

  @Test("a command that doesn't heed SIGTERM is killed after --grace")
  func stubborn() throws {
    let stage = try RotationStage()
    let child = try start(
      stage, ["--grace", "1s"],
      "echo $$ >>workers; echo start; trap '' TERM; while :; do sleep 0.05; done")
    defer { end(child, stage) }
    try #require(eventually { lines(child) == ["start"] })
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(eventually { lines(child) == ["start", "start"] })
  }

  @Test("what the command has started ends with it before it is started again")
  func wholeTree() throws {
    let stage = try RotationStage()
    let bot = """
      sh -c 'echo $$ >>workers; echo $$; while :; do sleep 0.05; done'; true
      """
    let child = try start(stage, [], bot)
    defer { end(child, stage) }
    try #require(eventually { lines(child).count == 1 })
    #expect(try stage.run("refresh", "--force").status == 0)
    try #require(eventually { lines(child).count == 2 })
    // Ended, and perhaps not collected yet.
    let stat = try? String(contentsOfFile: "/proc/\(lines(child)[0])/stat", encoding: .utf8)
    #expect(stat?.contains(") Z ") != false)
  }

  @Test("a dead grant, or none, is exit code 3 before the command runs")
  func nothingToServe() throws {
    let stage = try RotationStage()
    let used = stage.text
    #expect(try stage.run("refresh").status == 0)
    _ = try FileManager.default.removeItem(atPath: stage.folder.file(".env.xauth"))
    stage.folder.write(used, to: ".env")
    #expect(try start(stage, [], "echo ran").wait().status == 3)
    stage.folder.write("CLIENT_ID=app\n", to: ".env")
    let outcome = try start(stage, [], "echo ran").wait()
    #expect(outcome.status == 3 && outcome.output == "")
    #expect(outcome.errors.components(separatedBy: "there is no").count == 2, "\(outcome.errors)")
  }

  @Test("a pipe on standard input is refused, and --grace without --restart")
  func usage() throws {
    let stage = try RotationStage()
    let piped = try stage.run("exec", "--restart", "--", "cat")
    #expect(piped.status == 2 && piped.errors.contains("xauth proxy"))
    #expect(try stage.run("exec", "--grace", "5s", "--", "true").status == 2)
    #expect(try stage.run("exec", "--restart", "--no-stdin", "--", "no-such-command").status == 127)
    #expect(stage.outcomes == [])
  }
}
