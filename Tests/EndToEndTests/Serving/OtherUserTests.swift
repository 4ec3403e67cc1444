import Foundation
import TestSupport
import Testing

@Suite("Another user of the machine", .enabled(if: geteuid() == 0, "needs root, to be two users"))
struct OtherUserTests {
  private static let (owner, other) = (54320, 54321)

  private static func launcher(_ user: Int) -> [String] {
    ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
  }

  /// A grant whose files are `owner`'s, in a folder that everybody may enter.
  private func stage() throws -> RotationStage {
    let stage = try RotationStage()
    #expect(try stage.run("refresh").status == 0)
    _ = try Child.run(
      "/bin/chown", ["-R", "\(Self.owner):\(Self.owner)", stage.folder.path])
    chmod(stage.folder.path, 0o755)
    return stage
  }

  /// What the other user gets to see by all these commands, each of which fails.
  private func trial(_ commands: [String], _ stage: RotationStage) throws -> String {
    let attack = Self.launcher(Self.other) + ["/bin/sh", "-c"]
    var seen = ""
    for command in commands {
      let run = try Child.run(
        attack[0], Array(attack.dropFirst()) + [command], environment: ["PATH": "/usr/bin:/bin"],
        folder: stage.folder.path)
      #expect(run.status != 0, "\(command)")
      seen += run.output + run.errors
    }
    return seen
  }

  private func commandLine(_ process: Int32) throws -> String {
    try String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
  }

  @Test("who doesn't know a proxy's address can neither use it nor learn it, nor end the proxy")
  func proxyAlone() throws {
    let (stage, api) = (try stage(), try RecordingServer.api())
    let proxy = try ProxyAlone(stage, upstream: api.address, launcher: Self.launcher(Self.owner))
    let id = proxy.program.id
    let guesses = [
      "2/users/me", "\(String(repeating: "0", count: 32))/2/users/me", ".env", "../proxy",
    ]
    let seen = try trial(
      guesses.map {
        "curl --noproxy '*' --path-as-is -sS --fail --max-time 20 http://127.0.0.1:\(proxy.port)/\($0)"
      } + [
        "cat .env", "cat .env.xauth/proxy", "ls .env.xauth", "cat .env.xauth/journal*",
        "cat /proc/\(id)/environ", "cat /proc/\(id)/mem", "ls /proc/\(id)/fd",
        "kill -TERM \(id)", "kill -KILL \(id)", "kill -STOP \(id)",
      ], stage)
    #expect(!seen.contains(proxy.secret) && !seen.contains(stage.access ?? "-"))
    #expect(!(try commandLine(id)).contains(proxy.secret))
    #expect(api.requests == [])
    // Its owner is served as before.
    #expect(try ProxyAlone.curl("\(proxy.address)/2/users/me").hasSuffix(" 200"))
    #expect(api.tokens == [stage.access])
  }

  @Test("nor can anybody learn it from the command that a proxy has started")
  func withCommand() throws {
    let (stage, api) = (try stage(), try RecordingServer.api())
    let script = "echo $$ $X_API_BASE_URL; while :; do sleep 0.05; done"
    let command =
      Self.launcher(Self.owner) + [Child.built("xauth"), "proxy", "--upstream", api.address]
    let program = try Child(
      command[0], Array(command.dropFirst()) + ["--", "/bin/sh", "-c", script],
      environment: stage.environment, folder: stage.folder.path)
    try #require(eventually { program.outputSoFar.hasSuffix("\n") }, "\(program.errorsSoFar)")
    let words = program.outputSoFar.split { $0 == " " || $0 == "\n" }.map(String.init)
    let (child, address) = (try #require(Int32(words[0])), words[1])
    let secret = String(address.suffix(32))
    let seen = try trial(
      [
        "cat /proc/\(program.id)/environ", "cat /proc/\(child)/environ", "cat /proc/\(child)/mem",
        "grep -r \(secret) .", "kill -TERM \(program.id)", "kill -TERM \(child)",
      ], stage)
    #expect(!seen.contains(secret))
    for process in [program.id, child] { #expect(!(try commandLine(process)).contains(secret)) }
    #expect(try ProxyAlone.curl("\(address)/2/users/me").hasSuffix(" 200"))
    program.signal(SIGTERM)
    #expect(program.wait().status == 143)
  }
}
