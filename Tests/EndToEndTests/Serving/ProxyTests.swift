import Foundation
import TestSupport
import Testing

@Suite("proxy, with real programs")
struct ProxyTests {
  /// The address of the sandbox that stands for X in `stage`.
  private func upstream(_ stage: RotationStage) throws -> String {
    try #require(stage.value("X_API_BASE_URL"))
  }

  @Test("its command reaches X without a token of its own, and its end is the end")
  func command() throws {
    let stage = try RotationStage()
    let script = """
      curl --noproxy '*' -s "$X_API_BASE_URL/2/users/me"; echo
      env | grep -e TOKEN -e SECRET -e '^EXTRA' -e '^NO_PROXY'
      exit 7
      """
    let child = try stage.start([
      "proxy", "--upstream", try upstream(stage), "--set", "EXTRA", "--", "/bin/sh", "-c", script,
    ])
    let outcome = child.wait()
    #expect(outcome.status == 7)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix(#"{"data":{"id":"1""#) == true, "\(outcome)")
    #expect(lines.contains("X_OAUTH2_ACCESS_TOKEN=provided-by-xauth-proxy"))
    #expect(lines.contains("NO_PROXY=127.0.0.1,localhost,::1"))
    #expect(lines.contains { $0.hasPrefix("EXTRA=http://127.0.0.1:") })
    #expect(lines.count { $0.contains("TOKEN") || $0.contains("SECRET") } == 1)
    #expect(outcome.errors.contains("X_API_BASE_URL from the file, line 2 goes before"))
    #expect(stage.outcomes == ["refreshed"])
  }

  @Test("alone it keeps its address, shows it to no pipe, and ends by SIGTERM")
  func keptAddress() throws {
    let stage = try RotationStage()
    let proxy = try ProxyAlone(stage, upstream: upstream(stage))
    let (program, address, secret) = (proxy.program, proxy.address, proxy.secret)
    func status(_ address: String, _ options: String...) throws -> String {
      String(try ProxyAlone.curl(address, options).suffix(4))
    }
    #expect(try status("\(address)/2/users/me") == " 200")
    #expect(secret.count == 32 && !program.errorsSoFar.contains(secret))
    #expect(try status(String(address.dropLast(33)) + "/2/users/me") == " 404")
    #expect(try status("\(address)/2/users/me", "-H", "Origin: http://x") == " 403")
    #expect(try status("\(address)/2/oauth2/token", "-d", "a=b") == " 403")
    #expect(
      try stage.run("show").output.contains(
        "by proxy, port \(proxy.port) (process \(program.id))\n"))
    let second = try stage.run("proxy", "--port", "\(proxy.port)")
    #expect(second.status == 4 && second.errors.contains("in use"), "\(second)")
    program.signal(SIGTERM)
    #expect(program.wait().status == 143)

    #expect(try ProxyAlone(stage, upstream: upstream(stage)).secret == secret)
    #expect(try ProxyAlone(stage, upstream: upstream(stage), ["--new-secret"]).secret != secret)
  }

  @Test("without a grant it begins, says what is missing, and is healed by a login elsewhere")
  func healed() throws {
    let stage = try RotationStage()
    let grant = stage.text
    stage.folder.write(
      "X_API_BASE_URL=\(try upstream(stage))\nCLIENT_ID=sandbox-client\n", to: ".env")
    let proxy = try ProxyAlone(stage, upstream: try upstream(stage))
    let refused = try ProxyAlone.curl("\(proxy.address)/2/users/me")
    #expect(refused.hasSuffix(" 503") && refused.contains("xauth login"))
    stage.folder.write(grant, to: ".env")
    #expect(try ProxyAlone.curl("\(proxy.address)/2/users/me").hasSuffix(" 200"))
    proxy.program.signal(SIGINT)
    #expect(proxy.program.wait().status == 130)
  }

  @Test("an --on-rotate command that hangs doesn't outlive it")
  func hangingHook() throws {
    let stage = try RotationStage()
    let proxy = try ProxyAlone(
      stage, upstream: try upstream(stage),
      ["--on-rotate", "trap '' TERM; echo $$ >hook; while :; do sleep 1; done"])
    try #require(eventually(within: 30) { stage.folder.text("hook")?.hasSuffix("\n") == true })
    let hook = try #require(Int32(stage.folder.text("hook")?.dropLast() ?? ""))
    proxy.program.signal(SIGTERM)
    #expect(proxy.program.wait(seconds: 60).status == 143)
    let stat = try? String(contentsOfFile: "/proc/\(hook)/stat", encoding: .utf8)
    #expect(stat?.contains(") Z ") != false)
  }

  @Test("an upstream that is no server, or that others could listen to, is refused")
  func usage() throws {
    let stage = try RotationStage()
    for upstream in ["api.x.com", "http://api.x.com", "https://api.x.com/?a=b"] {
      #expect(
        try stage.run("proxy", "--upstream", upstream, "--", "true").status == 2, "\(upstream)")
    }
    #expect(try stage.run("proxy", "--port", "70000").status == 2)
    #expect(try stage.run("proxy", "--", "no-such-command").status == 127)
  }
}
