import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite("Programs that say that they run")
struct RunningProgramsTests {
  private let folder = TemporaryFolder()

  private var target: FileTarget {
    get throws {
      folder.write("", to: ".env")
      return try FileTarget.resolve(folder.file(".env"), from: "/")
    }
  }

  @Test("this process is listed until it takes that back")
  func listed() throws {
    let target = try target
    #expect(try target.running() == [])
    try target.noteRunning("proxy")
    try target.noteRunning("proxy, port 8979")
    let listed = try target.running()
    #expect(listed.map(\.process) == [getpid()] && listed.map(\.words) == ["proxy, port 8979"])
    try target.forgetRunning()
    #expect(try target.running() == [])
  }

  @Test("one that has ended is neither listed nor kept; of one elsewhere nobody knows")
  func ended() throws {
    let target = try target
    try target.noteRunning("mcp")
    let mine = ProcessIdentity.current
    let text = mine.text
    let ended = text.replacing("\n\(getpid())\n", with: "\n4194304\n")
    let elsewhere = text.replacing(mine.machine.split(separator: "@")[1], with: "another-host")
    folder.write("proxy\n\(ended)", to: ".env.xauth/running.ended", mode: 0o600)
    folder.write("proxy\n\(elsewhere)", to: ".env.xauth/running.elsewhere", mode: 0o600)
    folder.write("proxy", to: ".env.xauth/running.broken", mode: 0o600)
    #expect(try target.running().map(\.words) == ["mcp"])
    try target.noteRunning("mcp")
    #expect(folder.text(".env.xauth/running.ended") == nil)
    #expect(folder.text(".env.xauth/running.broken") == nil)
    #expect(folder.text(".env.xauth/running.elsewhere") != nil)
  }

  @Test("one that was killed has ended, also while its parent hasn't waited for it")
  func notWaitedFor() throws {
    var child = pid_t()
    let arguments = [strdup("sleep"), strdup("600"), nil]
    defer { for argument in arguments { free(argument) } }
    try #require(posix_spawnp(&child, "sleep", nil, nil, arguments, [nil]) == 0)
    defer {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    let stat = try String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
    let start = try stat[#require(stat.lastIndex(of: ")"))...].split(separator: " ")[20]
    let lines = ProcessIdentity.current.text.split(
      separator: "\n", omittingEmptySubsequences: false)
    let text = (lines.prefix(3) + ["\(child)", start, ""]).joined(separator: "\n")
    let identity = try #require(ProcessIdentity(text))
    #expect(identity.holder == .running)
    kill(child, SIGKILL)
    var ended = siginfo_t()
    #expect(waitid(P_PID, id_t(child), &ended, WEXITED | WNOWAIT) == 0)
    #expect(identity.holder == .ended)
  }
}
