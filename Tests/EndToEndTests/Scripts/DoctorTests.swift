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
    // A renewal that fails also says that nothing was sent, and until when the token works.
    let words = refresh.errors.replacing(/(; nothing was sent)?; the token in .*/, with: "").split(
      separator: "\n"
    ).map {
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

  @Test("an --on-rotate command that a shell can't read or find costs no token")
  func brokenHook() throws {
    let stage = try RotationStage()
    let before = stage.text
    for (command, code) in [
      ("echo 'open", "hook_unreadable"), ("no-such-command-of-ours now", "hook_not_found"),
      (stage.folder.file("none"), "hook_not_found"),
    ] {
      let outcome = try stage.run("refresh", "--json", "--on-rotate", command)
      #expect(outcome.status == 4)
      #expect(outcome.output.contains(code))
    }
    #expect(stage.events.isEmpty)
    #expect(stage.text == before)
    // What begins with a program that is missing may succeed all the same; these do.
    for command in [
      "no-such-command-of-ours || true", "no-such-command-of-ours; true", "if true; then :; fi",
      "A=b :", ": >'\(stage.folder.file("ran"))'", "'/bin/true'", "${NONE:-true}",
    ] {
      let outcome = try stage.run("refresh", "--force", "--on-rotate", command)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
  }

  @Test("a plain file where lock and journal belong is named as such")
  func plainStateFolder() throws {
    let stage = try RotationStage()
    stage.folder.write("", to: ".env.xauth")
    let outcome = try stage.run("refresh")
    #expect(outcome.status == 4)
    #expect(outcome.errors.contains("\(stage.path).xauth is not a folder\n"))
    try FileManager.default.removeItem(atPath: "\(stage.path).xauth")
    #expect(try stage.run("refresh").status == 0)
  }

  @Test("a limit on the size of files is reported, by doctor and refresh, and spends nothing")
  func fileSizeLimit() throws {
    let stage = try RotationStage()
    for command in ["doctor", "refresh"] {
      let outcome = try Child.run(
        "/bin/bash", ["-c", "ulimit -f 0; \"$0\" \(command) | cat", Child.built("xauth")],
        environment: stage.environment, folder: stage.folder.path)
      #expect(
        (outcome.output + outcome.errors).contains("the limit on file sizes"), "\(outcome.errors)")
    }
    #expect(stage.events.isEmpty)
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
