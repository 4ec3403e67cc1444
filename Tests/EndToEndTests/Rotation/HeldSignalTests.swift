import Foundation
import TestSupport
import Testing

@Suite("Signals while a token is being renewed")
struct HeldSignalTests {
  private func isAnswering(_ stage: RotationStage) -> Bool {
    eventually { stage.outcomes == ["refreshed"] }
  }

  /// A `refresh` whose standard error is a pipe that is full, kept open and never read.
  private func startWithFullErrors(_ stage: RotationStage) throws -> Child {
    try Child(
      "/bin/bash",
      [
        "-c",
        """
        mkfifo full; exec 3<>full
        timeout 0.5 dd if=/dev/zero of=full bs=4096 oflag=nonblock 2>&-
        exec "$0" refresh --verbose 2>full
        """, Child.built("xauth"),
      ], environment: stage.environment, folder: stage.folder.path)
  }

  @Test(
    "that come between request and save wait for the save, and then end the run",
    arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGXCPU, SIGPWR, 64])
  func held(signal: Int32) throws {
    let stage = try RotationStage(sandbox: ["--delay", "1500"])
    let before = stage.refresh
    let run = try stage.start(["refresh"])
    #expect(isAnswering(stage))
    run.signal(signal)
    #expect(eventually { run.errorsSoFar.contains("this ends by itself within seconds") })
    run.signal(signal)
    let outcome = run.wait()
    #expect(outcome.status == 128 + signal)
    #expect(stage.refresh != before)
    #expect(try stage.isAlive())
    #expect(stage.outcomes == ["refreshed"])
  }

  @Test(
    "that would stop it wait for the save as well; then it stops, and goes on when continued",
    arguments: [SIGTSTP, SIGTTIN, SIGTTOU])
  func stopped(signal: Int32) throws {
    let stage = try RotationStage(sandbox: ["--delay", "1500"])
    let before = stage.refresh
    let run = try stage.start(["refresh"])
    #expect(isAnswering(stage))
    run.signal(signal)
    #expect(eventually { stage.refresh != before })
    #expect(eventually { run.isStopped })
    // Whatever it stopped in, it no longer holds the lock.
    #expect(try stage.run("refresh", "--force").status == 0)
    run.signal(SIGCONT)
    #expect(run.wait().status == 0)
    #expect(try stage.isAlive())
    #expect(stage.outcomes == ["refreshed", "refreshed"])
  }

  @Test("that stop it past the deadline cost nothing: the answer that came meanwhile is read")
  func stoppedPastTheDeadline() throws {
    let stage = try RotationStage(sandbox: ["--delay", "1000"])
    let before = stage.refresh
    let run = try stage.start(["refresh"])
    #expect(isAnswering(stage))
    run.signal(SIGSTOP)
    #expect(eventually { run.isStopped })
    // The deadline is 12 s.
    Thread.sleep(forTimeInterval: 13)
    run.signal(SIGCONT)
    #expect(run.wait().status == 0)
    #expect(stage.refresh != before)
    #expect(try stage.isAlive())
  }

  @Test("cost nothing either when standard error is full and nobody reads it")
  func undrained() throws {
    let stage = try RotationStage(sandbox: ["--delay", "1500"])
    let before = stage.refresh
    let shell = try startWithFullErrors(stage)
    #expect(isAnswering(stage))
    shell.signal(SIGTERM)
    let outcome = shell.wait()
    #expect(outcome.status == 128 + SIGTERM)
    #expect(stage.refresh != before)
    #expect(try stage.isAlive())
    #expect(stage.outcomes == ["refreshed"])
  }

  @Test("don't keep the lock while nobody reads standard error")
  func undrainedLock() throws {
    let stage = try RotationStage()
    let shell = try startWithFullErrors(stage)
    #expect(isAnswering(stage))
    let next = try stage.run("refresh", "--force", seconds: 10)
    #expect(next.status == 0)
    #expect(next.errors.contains("renewed"))
    shell.signal(SIGKILL)
    #expect(try stage.isAlive())
  }

  @Test("that come before a request fails end the run after it has said how it failed")
  func reported() throws {
    let stage = try RotationStage(sandbox: ["--delay", "3000"])
    let run = try stage.start(["refresh"])
    #expect(isAnswering(stage))
    run.signal(SIGINT)
    #expect(eventually { run.errorsSoFar.contains("this ends by itself within seconds") })
    stage.endSandbox()
    let outcome = run.wait()
    #expect(outcome.status == 128 + SIGINT)
    #expect(outcome.errors.contains("X may or may not have renewed the token"))
  }

  @Test("don't cost the token when whatever our output is piped into has ended as well")
  func closedPipe() throws {
    let stage = try RotationStage(sandbox: ["--delay", "1500"])
    let before = stage.refresh
    let shell = try Child(
      "/bin/sh",
      [
        "-c", "sh -c 'echo $$ > pid; exec \"$0\" refresh' \"$0\" 2>&1 | read line",
        Child.built("xauth"),
      ], environment: stage.environment, folder: stage.folder.path)
    #expect(isAnswering(stage))
    let text = try #require(stage.folder.text("pid"))
    let id = try #require(Int32(text.dropLast()))
    for _ in 0..<2 { kill(id, SIGINT) }
    #expect(eventually { kill(id, 0) != 0 })
    #expect(shell.wait().status == 0)
    #expect(stage.refresh != before)
    #expect(try stage.isAlive())
  }

  @Test("that come while the lock is waited for end the run at once")
  func whileWaiting() throws {
    let stage = try RotationStage(sandbox: ["--delay", "1500"])
    let first = try stage.start(["refresh"])
    #expect(isAnswering(stage))
    let second = try stage.start(["refresh"])
    #expect(eventually { isBlockedOnLock(second) })
    second.signal(SIGINT)
    #expect(second.wait(seconds: 1).status == 128 + SIGINT)
    #expect(first.wait().status == 0)
    #expect(stage.outcomes == ["refreshed"])
  }

  /// Whether the process has the lock open, so that it is waiting for it.
  private func isBlockedOnLock(_ run: Child) -> Bool {
    let folder = "/proc/\(run.id)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.contains {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)"))?
        .hasSuffix(".env.xauth/lock") == true
    }
  }
}
