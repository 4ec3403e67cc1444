import Foundation
import TestSupport
import Testing

@Suite("proxy, with real programs")
struct ProxyTests {
  /// The address of the sandbox that stands for X in `stage`.
  private func upstream(_ stage: RotationStage) throws -> String {
    try #require(stage.value("X_API_BASE_URL"))
  }

  private func curl(_ address: String, _ options: [String] = []) throws -> Child.Outcome {
    try Child.run(
      "/usr/bin/curl",
      ["--noproxy", "*", "-s", "--max-time", "20", "-w", " %{http_code}"] + options + [address],
      environment: ["PATH": "/usr/bin:/bin"])
  }

  private func start(_ stage: RotationStage, _ arguments: [String]) throws -> Child {
    try stage.start(["proxy", "--upstream", try upstream(stage)] + arguments)
  }

  /// A proxy by itself, and the address at which it is.
  private func alone(_ stage: RotationStage, _ options: [String] = []) throws -> (Child, String) {
    let port = try LoopbackPort()
    let proxy = try start(stage, ["--port", "\(port.number)"] + options)
    try #require(
      eventually { proxy.errorsSoFar.contains("X_API_BASE_URL") }, "\(proxy.errorsSoFar)")
    let kept = try #require(stage.folder.text(".env.xauth/proxy"))
    return (proxy, String(kept.prefix { $0 != "\n" }))
  }

  @Test("its command reaches X without a token of its own, and its end is the end")
  func command() throws {
    let stage = try RotationStage()
    let script = """
      curl --noproxy '*' -s "$X_API_BASE_URL/2/users/me"; echo
      env | grep -e TOKEN -e SECRET -e '^EXTRA' -e '^NO_PROXY'
      exit 7
      """
    let child = try start(stage, ["--set", "EXTRA", "--", "/bin/sh", "-c", script])
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
    let (proxy, address) = try alone(stage)
    #expect(try curl("\(address)/2/users/me").output.hasSuffix(" 200"))
    let secret = address.split(separator: "/").last.map(String.init) ?? ""
    #expect(secret.count == 32 && !proxy.errorsSoFar.contains(secret))
    #expect(try curl(String(address.dropLast(33)) + "/2/users/me").output.hasSuffix(" 404"))
    #expect(try curl("\(address)/2/users/me", ["-H", "Origin: http://x"]).output.hasSuffix(" 403"))
    #expect(try curl("\(address)/2/oauth2/token", ["-d", "a=b"]).output.hasSuffix(" 403"))
    let port = address.split(separator: "/")[1].split(separator: ":")[1]
    #expect(
      try stage.run("show").output.contains("by proxy, port \(port) (process \(proxy.id))\n"))
    let second = try stage.run("proxy", "--port", "\(port)")
    #expect(second.status == 4 && second.errors.contains("in use"), "\(second)")
    proxy.signal(SIGTERM)
    #expect(proxy.wait().status == 143)

    let (again, sameSecret) = try alone(stage)
    #expect(sameSecret.hasSuffix("/\(secret)"))
    again.signal(SIGTERM)
    _ = again.wait()
    let (renewed, other) = try alone(stage, ["--new-secret"])
    #expect(!other.hasSuffix("/\(secret)"))
    renewed.signal(SIGTERM)
    _ = renewed.wait()
  }

  @Test("without a grant it begins, says what is missing, and is healed by a login elsewhere")
  func healed() throws {
    let stage = try RotationStage()
    let grant = stage.text
    stage.folder.write(
      "X_API_BASE_URL=\(try upstream(stage))\nCLIENT_ID=sandbox-client\n", to: ".env")
    let (proxy, address) = try alone(stage)
    let refused = try curl("\(address)/2/users/me")
    #expect(refused.output.hasSuffix(" 503") && refused.output.contains("xauth login"))
    stage.folder.write(grant, to: ".env")
    #expect(try curl("\(address)/2/users/me").output.hasSuffix(" 200"))
    proxy.signal(SIGINT)
    #expect(proxy.wait().status == 130)
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
