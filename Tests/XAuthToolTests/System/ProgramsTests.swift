import Foundation
import TestSupport
import Testing

@testable import XAuthTool

private let path = "/usr/bin:/bin"
private let environment: Environment = ["PATH": path]

/// Writes an executable file. A shell does it: a program that another test starts in that moment
/// would inherit the descriptor, and the file would be busy (ETXTBSY).
private func makeExecutable(_ text: String, _ name: String, in folder: TemporaryFolder) throws
  -> String
{
  let file = folder.file(name)
  let outcome = try Programs.live().run(
    ["sh", "-c", "cat > '\(file)' && chmod 700 '\(file)'"], environment, Array(text.utf8),
    .inheritErrorStream, 20)
  #expect(outcome.isSuccess)
  return file
}

@Suite struct ProgramSearchTests {
  @Test("The first executable file on PATH is found; folders and plain files are passed over")
  func find() {
    let folder = TemporaryFolder()
    for name in ["a", "b", "c"] { mkdir(folder.file(name), 0o700) }
    mkdir(folder.file("a/tool"), 0o700)
    folder.write("", to: "b/tool", mode: 0o600)
    let tool = folder.write("", to: "c/tool", mode: 0o700)
    let path = ["a", "b", "c"].map(folder.file).joined(separator: ":")
    let programs = Programs.live()
    #expect(programs.find("tool", "/nonexistent:\(path)") == tool)
    #expect(programs.find("tool", folder.file("a")) == nil)
    #expect(programs.find(tool, nil) == tool)
    #expect(programs.find("", path) == nil)
    #expect(programs.find("sh", nil) == "/bin/sh")
  }

  @Test("A program that nobody typed is looked for in the absolute folders of PATH alone")
  func absoluteFolders() throws {
    let folder = TemporaryFolder()
    let tool = folder.write("", to: "tool", mode: 0o700)
    let here = FileManager.default.currentDirectoryPath.split(separator: "/")
    let relative = String(repeating: "../", count: here.count) + folder.path.dropFirst()
    let programs = Programs.live()
    #expect(try programs.locate("tool", relative) == "\(relative)/tool")
    #expect(programs.find("tool", relative) == nil)
    #expect(programs.find("tool", ":\(relative):\(folder.path)") == tool)
    #expect(programs.find(tool, relative) == tool)
  }

  @Test("An empty element of PATH is the working folder")
  func emptyElement() {
    #expect(ProgramSearch.candidates("x", path: ":/a/:") == ["./x", "/a/x", "./x"])
  }
}

@Suite struct ProgramRunTests {
  private let programs = Programs.live()

  private func run(
    _ script: String, input: [UInt8] = [], limit: Int = 1 << 20, timeout: Double? = 20
  ) throws -> ProgramOutcome {
    try programs.run(
      ["sh", "-c", script], environment, input, .capture(limit: limit), timeout)
  }

  @Test("Input comes out again whole, however much of it")
  func roundTrip() throws {
    let input = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try run("cat", input: input) == ProgramOutcome(end: .exited(0), output: input))
  }

  @Test("Both streams are kept apart, each up to the limit, and neither makes the other wait")
  func bothStreams() throws {
    let script = "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; echo end >&2; exit 3"
    let outcome = try run(script, limit: 1000)
    #expect(outcome.end == .exited(3))
    #expect(outcome.output.count == 1000 && outcome.errors.count == 1000)
    let short = try run("echo out; echo err >&2", limit: 1000)
    #expect(short.output == Array("out\n".utf8) && short.errors == Array("err\n".utf8))
  }

  @Test("Output that nobody asked for is dropped, however much of it")
  func discarded() throws {
    let outcome = try programs.run(
      ["sh", "-c", "head -c 300000 /dev/zero | tee /dev/stderr; exit 3"], environment, [],
      .discard, 20)
    #expect(outcome == ProgramOutcome(end: .exited(3)))
  }

  @Test("A program that doesn't read its input neither blocks nor kills this process")
  func inputUnread() async {
    await #expect(processExitsWith: .success) {
      // As the program does at its start.
      signal(SIGPIPE, SIG_IGN)
      let input = [UInt8](repeating: 0x61, count: 1_000_000)
      for (script, status) in [("echo done", Int32(0)), ("exec <&-; exit 3", 3)] {
        let outcome = try Programs.live().run(
          ["sh", "-c", script], ["PATH": "/bin:/usr/bin"], input, .discard, 20)
        #expect(outcome.end == .exited(status))
      }
    }
  }

  @Test(
    "Whether all of the input was read is known, however little of it",
    arguments: [("cat >&2", true), ("true", false), ("read line", true), ("head -c 1", false)])
  func inputRead(script: String, isRead: Bool) throws {
    // A shell reads a pipe byte by byte, and head(1) here no more than asked.
    let input = Array(
      (script.hasPrefix("head") ? String(repeating: "a\n", count: 40_000) : "a\n").utf8)
    #expect(try run(script, input: input).hasReadInput == isRead)
    #expect(try run(script).hasReadInput)
  }

  @Test("A program that speaks before it listens doesn't deadlock")
  func speaksFirst() throws {
    let input = [UInt8](repeating: 0x62, count: 500_000)
    let outcome = try run("head -c 500000 /dev/zero; cat", input: input)
    #expect(outcome.output.count == 1_000_000)
  }

  @Test("Output over the limit is dropped and the program goes on")
  func limit() throws {
    let outcome = try run("head -c 3000000 /dev/zero; exit 4", limit: 1000)
    #expect(outcome.end == .exited(4))
    #expect(outcome.output.count == 1000)
    #expect(try run("printf 12345", limit: 5).output == Array("12345".utf8))
  }

  @Test("The end is told as it was: status, signal")
  func ends() throws {
    #expect(try run("exit 7").end == .exited(7))
    #expect(try run("kill -9 $$").end == .signalled(SIGKILL))
    #expect(try run("true").isSuccess)
    #expect(try !run("false").isSuccess)
  }

  @Test("A program that takes too long is stopped, also one that won't be told")
  func timeout() throws {
    let start = Date()
    #expect(try run("exec sleep 60", timeout: 0.1).end == .timedOut)
    #expect(
      try run("trap '' TERM; while :; do sleep 0.05; done", timeout: 0.2).end == .timedOut)
    #expect(Date().timeIntervalSince(start) < 20)
  }

  @Test("With a program that takes too long, what it has started is stopped too, wherever it went")
  func timeoutOfAll() throws {
    let outcome = try run(
      """
      sleep 60 & echo $!
      sh -c "trap '' TERM; sleep 60 & echo \\$!; wait" & echo $!
      timeout 60 sh -c 'echo $$; sleep 60; echo went on' & wait; echo went on
      """, timeout: 2)
    #expect(outcome.end == .timedOut)
    let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
    let ids = lines.compactMap { Int32($0) }
    #expect(ids.count == 4 && lines.count == 4, "\(lines)")
    // Of one that has ended, and that nobody has collected yet, the command line is empty.
    func runs(_ id: Int32) -> Bool {
      (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8))?.isEmpty == false
    }
    #expect(eventually { !ids.contains(where: runs) })
  }

  @Test("A background child that keeps the streams open isn't waited for")
  func daemon() throws {
    let start = Date()
    let outcome = try run("sleep 15 & echo $!")
    #expect(Date().timeIntervalSince(start) < 10)
    let child = Int32(
      String(decoding: outcome.output, as: UTF8.self).trimmingCharacters(in: .newlines))
    if let child { kill(child, SIGKILL) }
  }

  @Test("What can't be started says why")
  func cannotStart() throws {
    let folder = TemporaryFolder()
    let plain = folder.write("", to: "plain", mode: 0o600)
    let broken = try makeExecutable("#!/nonexistent/interpreter\n", "broken", in: folder)
    for (name, errno) in [("nonexistent", ENOENT), (plain, EACCES), (broken, ENOENT)] {
      #expect(throws: ProgramNotStarted(name: name, errno: errno)) {
        try programs.run([name], environment, [], .inheritErrorStream, 5)
      }
    }
  }

  @Test("A program has the environment that was passed, and nothing of this process's")
  func environmentPassed() throws {
    let outcome = try programs.run(
      ["/usr/bin/env"], ["A": "b"], [], .capture(limit: 100), 20)
    #expect(String(decoding: outcome.output, as: UTF8.self) == "A=b\n")
  }

  @Test("A signal that we ignore is at its default in a program, one that we were given isn't")
  func signals() async {
    await #expect(processExitsWith: .success) {
      // The threads of a dispatch queue start with most signals blocked.
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      signal(SIGHUP, SIG_IGN)
      let programs = Programs.live()
      signal(SIGPIPE, SIG_IGN)
      var blocked = sigset_t()
      sigemptyset(&blocked)
      sigaddset(&blocked, SIGTERM)
      pthread_sigmask(SIG_BLOCK, &blocked, nil)
      let script = "kill -HUP $$; echo lives; kill -TERM $$; echo lives on"
      let outcome = try programs.run(
        ["sh", "-c", script], ["PATH": "/bin:/usr/bin"], [], .capture(limit: 100), 20)
      #expect(outcome.output == Array("lives\n".utf8))
      #expect(outcome.end == .signalled(SIGTERM))
      let pipe = try programs.run(
        ["sh", "-c", "kill -PIPE $$"], ["PATH": "/bin:/usr/bin"], [], .capture(limit: 100), 20)
      #expect(pipe.end == .signalled(SIGPIPE))
    }
  }

  @Test("A status is known even if SIGCHLD was ignored from the start")
  func childrenIgnored() async {
    await #expect(processExitsWith: .success) {
      signal(SIGCHLD, SIG_IGN)
      let outcome = try Programs.live().run(
        ["/bin/sh", "-c", "exit 6"], [:], [], .capture(limit: 1), 20)
      #expect(outcome.end == .exited(6))
    }
  }

  @Test("A hook's two streams go to this process's standard error")
  func inheritsErrors() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent, \.standardOutputContent]
    ) {
      let script = "cat; echo out; echo err >&2"
      let outcome = try Programs.live().run(
        ["/bin/sh", "-c", script], ["PATH": "/bin:/usr/bin"], Array("in\n".utf8),
        .inheritErrorStream, 20)
      #expect(outcome == ProgramOutcome(end: .exited(0)))
    }
    let streams = try #require(result)
    #expect(
      String(decoding: streams.standardErrorContent, as: UTF8.self).contains("in\nout\nerr\n"))
    #expect(!String(decoding: streams.standardOutputContent, as: UTF8.self).contains("out\n"))
  }
}

@Suite struct ProgramStartTests {
  private let programs = Programs.live()

  @Test("A started program has a session of its own, silent streams and nothing else open")
  func detached() throws {
    let folder = TemporaryFolder()
    let inherited = open("/dev/null", O_RDONLY)
    defer { close(inherited) }
    let script = """
      echo words; echo words >&2
      streams=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2)
      { read -r pid name state parent group session rest < /proc/$$/stat
        echo "$$ $((session == $$)) $streams"
        [ -e /proc/$$/fd/\(inherited) ] && echo leaked
      } > \(folder.file("part")); mv \(folder.file("part")) \(folder.file("facts"))
      """
    let started = try programs.start(["sh", "-c", script], environment)
    #expect(eventually { folder.text("facts") != nil })
    let facts = try #require(folder.text("facts")).split(separator: " ", maxSplits: 1)
    #expect(facts.last == "1 /dev/null\n/dev/null\n/dev/null\n")
    let id = try #require(Int32(facts[0]))
    // Asked after its end, it is collected: no zombie stays.
    #expect(eventually { !started.hasFailed() && kill(id, 0) != 0 })
  }

  @Test(
    "A launcher that fails is noticed, without waiting; one that runs or succeeds isn't failing")
  func failing() throws {
    let failing = try programs.start(["sh", "-c", "exit 3"], environment)
    #expect(eventually { failing.hasFailed() })
    #expect(failing.hasFailed())
    let folder = TemporaryFolder()
    let running = try programs.start(
      ["sh", "-c", "echo $$ > \(folder.file("id")); exec sleep 60"], environment)
    #expect(eventually { folder.text("id")?.hasSuffix("\n") == true })
    #expect(!running.hasFailed())
    let id = try #require(Int32(folder.text("id")?.dropLast() ?? ""))
    kill(id, SIGKILL)
    #expect(eventually { running.hasFailed() })
  }

  @Test("A program that isn't there can't be started")
  func missing() {
    #expect(throws: ProgramNotStarted(name: "nonexistent", errno: ENOENT)) {
      try programs.start(["nonexistent"], environment)
    }
    #expect(throws: ProgramNotStarted(name: "", errno: ENOENT)) {
      try programs.start([], environment)
    }
  }
}

@Suite struct ProgramReplaceTests {
  private let folder = TemporaryFolder()

  @Test("The process becomes the program: its arguments, environment, status, and no descriptors")
  func becomes() async throws {
    let result = await #expect(processExitsWith: .exitCode(9), observing: [\.standardOutputContent])
    {
      let secret = open("/dev/null", O_RDONLY | O_CLOEXEC)
      let script = "echo $0 $A; [ -e /proc/$$/fd/\(secret) ] || exit 9"
      _ = Programs.live().replace(
        ["sh", "-c", script, "name"], ["PATH": "/bin:/usr/bin", "A": "b"])
    }
    let output = try #require(result).standardOutputContent
    #expect(String(decoding: output, as: UTF8.self).contains("name b\n"))
  }

  @Test("Signals that we ignore or block are as we were given them")
  func signals() async {
    await #expect(processExitsWith: .signal(SIGPIPE)) {
      // The threads of a dispatch queue start with most signals blocked.
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      signal(SIGHUP, SIG_IGN)
      let programs = Programs.live()
      signal(SIGPIPE, SIG_IGN)
      signal(SIGHUP, SIG_DFL)
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, nil)
      _ = programs.replace(["/bin/sh", "-c", "kill -HUP $$; kill -PIPE $$"], [:])
    }
  }

  @Test("A script without an interpreter line is the shell's")
  func noFormat() async throws {
    let script = try makeExecutable("exit $1\n", "script", in: folder)
    await #expect(processExitsWith: .exitCode(5)) { [script = script as String] in
      exit(100 + Programs.live().replace([script, "5"], [:]))
    }
  }

  @Test("What can't be executed says why: missing, forbidden, a folder, being written")
  func failures() async throws {
    folder.write("", to: "plain", mode: 0o600)
    mkdir(folder.file("folder"), 0o700)
    folder.write([UInt8](try Data(contentsOf: URL(filePath: "/bin/true"))), to: "busy", mode: 0o700)
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      let programs = Programs.live()
      let environment: Environment = ["PATH": "/nonexistent:\(path)"]
      #expect(programs.replace(["nonexistent"], environment) == ENOENT)
      #expect(programs.replace(["plain"], environment) == EACCES)
      #expect(programs.replace(["\(path)/folder"], environment) == EACCES)
      #expect(programs.replace(["\(path)/plain/below"], environment) == ENOENT)
      #expect(programs.replace([], environment) == ENOENT)
      let writer = open("\(path)/busy", O_WRONLY | O_CLOEXEC)
      #expect(programs.replace(["busy"], environment) == ETXTBSY)
      close(writer)
    }
  }
}
