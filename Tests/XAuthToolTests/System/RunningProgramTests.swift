import Glibc
import TestSupport
import Testing

@testable import XAuthTool

@Suite("RunningProgram: a child that is waited for")
struct RunningProgramTests {
  private func start(_ script: String) throws -> RunningProgram {
    try RunningProgram.start(
      ["/bin/sh", "-c", script], ["PATH": "/usr/bin:/bin"], hasInput: false, .defaults())
  }

  private func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, milliseconds) > 0
  }

  @Test("its end is told, and how it ended")
  func end() throws {
    for (script, end) in [
      ("exit 3", ProgramOutcome.End.exited(3)), ("kill -9 $$", .signalled(9)), ("cat", .exited(0)),
    ] {
      let program = try start(script)
      #expect(isReadable(program.ended, within: 20_000))
      #expect(program.end() == end)
    }
  }

  @Test(
    "the descriptor that tells its end is closed with it: a supervisor starts a program many times")
  func closed() throws {
    var program: RunningProgram? = try start("exit 0")
    let descriptor = try #require(program?.ended)
    var before = stat()
    #expect(isReadable(descriptor, within: 20_000) && fstat(descriptor, &before) == 0)
    program = nil
    // Another test may have been given the number.
    #expect(
      eventually {
        var now = stat()
        return fstat(descriptor, &now) != 0 || now.st_ino != before.st_ino
      })
  }

  @Test("signals reach it while it runs, and nobody afterwards")
  func signals() throws {
    let program = try start("trap 'exit 4' TERM; while :; do sleep 0.02; done")
    #expect(program.end() == nil && !isReadable(program.ended, within: 0))
    // A signal that comes before the trap ends it by itself.
    #expect(
      eventually {
        program.signal(SIGTERM); return program.end() != nil
      })
    #expect([.exited(4), .signalled(SIGTERM)].contains(program.end()))
    program.signal(SIGKILL)
  }

  @Test("a program that isn't there is said to be so, and no descriptor stays open")
  func notThere() throws {
    let before = try #require(openDescriptors())
    for _ in 0..<20 {
      #expect(throws: ProgramNotStarted(name: "no-such-program", errno: ENOENT)) {
        try RunningProgram.start(["no-such-program"], [:], hasInput: false, .defaults())
      }
    }
    #expect(openDescriptors().map { $0 < before + 20 } == true)
  }

  /// How many descriptors this process has open; other tests open some meanwhile.
  private func openDescriptors() -> Int? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}
