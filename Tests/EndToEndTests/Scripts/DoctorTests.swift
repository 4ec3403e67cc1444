import Foundation
import TestSupport
import Testing

@Suite("doctor, end to end")
struct DoctorTests {
  private func failed(_ stage: RotationStage, _ arguments: String...) throws -> Set<String> {
    struct Report: Decodable {
      struct Check: Decodable {
        let check: String
        let status: String
      }
      let checks: [Check]
    }
    let outcome = try stage.start(["doctor", "--json"] + arguments).wait()
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    let failed = Set(report.checks.filter { $0.status == "failed" }.map(\.check))
    #expect(outcome.status == (failed.isEmpty ? 0 : 4))
    return failed
  }

  @Test("where a refresh works, nothing fails, online neither; the file stays as it is")
  func healthy() throws {
    let stage = try RotationStage()
    let before = stage.text
    #expect(try failed(stage, "--online") == [])
    #expect(stage.text == before)
    #expect(stage.events.isEmpty)
  }

  @Test("what a refresh would refuse, it refuses: the same words, the same cure")
  func foreseen() throws {
    let stage = try RotationStage()
    chmod(stage.path, 0o400)
    let refresh = try stage.run("refresh", "--force")
    #expect(refresh.status == 4)
    #expect(try failed(stage) == ["file"])
    let words = refresh.errors.split(separator: "\n").map {
      $0.drop { $0 == " " }.replacing("xauth: ", with: "")
    }
    let doctor = try stage.run("doctor").output
    for line in words { #expect(doctor.contains(line)) }
  }

  @Test("a grant that X has refused, and a listener that has the port")
  func refusedAndTaken() throws {
    let stage = try RotationStage()
    stage.folder.write(
      stage.text.replacing("X_OAUTH2_REFRESH_TOKEN=", with: "X_OAUTH2_REFRESH_TOKEN=dead"),
      to: ".env")
    #expect(try stage.run("refresh", "--force").status == 3)
    stage.folder.write(
      stage.text.split(separator: "\n").map {
        $0.hasPrefix("X_OAUTH2_EXPIRES_AT") ? "X_OAUTH2_EXPIRES_AT=1700000000" : String($0)
      }.joined(separator: "\n") + "\n", to: ".env")
    #expect(try failed(stage) == ["token"])
    let login = try stage.start(["login", "--force", "--no-browser"])
    #expect(eventually { login.errorsSoFar.contains("Open this address") })
    #expect(try failed(stage) == ["token", "callback"])
    login.signal(SIGTERM)
    _ = login.wait()
  }

  @Test("an --on-rotate command that no shell can read")
  func unreadableHook() throws {
    let stage = try RotationStage()
    let ran = stage.folder.file("ran")
    for (command, expected) in [
      ("touch \(ran); echo 'open", ["rotation"]), ("touch \(ran)", []),
    ] {
      let outcome = try stage.run("doctor", "--json", environment: ["XAUTH_ON_ROTATE": command])
      #expect(outcome.status == (expected.isEmpty ? 0 : 4))
      #expect(outcome.output.contains(#""check":"rotation","cure""#) == !expected.isEmpty)
    }
    #expect(stage.folder.bytes("ran") == nil)
  }

  @Test("a run that holds the lock is no fault")
  func busy() throws {
    let stage = try RotationStage(sandbox: ["--delay", "8000"])
    let refresh = try stage.start(["refresh", "--force"])
    #expect(eventually { !stage.events.isEmpty || (try? isHeld(stage)) == true })
    #expect(try failed(stage) == [])
    refresh.signal(SIGKILL)
    _ = refresh.wait()
  }

  /// Whether somebody holds the lock (flock(1)).
  private func isHeld(_ stage: RotationStage) throws -> Bool {
    try Child.run(
      "/usr/bin/flock", ["--nonblock", stage.folder.file(".env.xauth/lock"), "true"]
    ).status == 1
  }
}
