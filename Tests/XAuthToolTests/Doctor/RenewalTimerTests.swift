import Foundation
import TestSupport
import Testing

@testable import XAuthTool

@Suite("The timer that renews a file")
struct RenewalTimerTests {
  private let folder = TemporaryFolder()

  private func find(_ path: String, _ environment: [String: String]? = nil) -> RenewalTimer? {
    RenewalTimer.find(
      for: path, environment ?? ["HOME": folder.path], user: "nobody of this name")
  }

  @Test("one that is enabled for this file is found, wherever the configuration is")
  func found() throws {
    for (name, environment) in [
      (".config", ["HOME": folder.path]),
      ("conf", ["HOME": folder.path, "XDG_CONFIG_HOME": folder.file("conf")]),
    ] {
      let wants = "\(name)/systemd/user/timers.target.wants"
      try FileManager.default.createDirectory(
        atPath: folder.file(wants), withIntermediateDirectories: true)
      #expect(find("/srv/a b/.env", environment) == nil)
      // A link that leads nowhere is enough.
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.file(wants))/x-auth-refresh@srv-a\\x20b-.env.timer",
        withDestinationPath: "/nowhere")
      let timer = try #require(find("/srv/a b/.env", environment))
      #expect(!timer.outlivesSession && timer.unit.hasSuffix("b-.env.timer"))
      #expect(find("/srv/a b/x.env", environment) == nil)
    }
    #expect(RenewalTimer.instance(of: "/.env") == #"\x2eenv"#)
    #expect(find("/srv/a b/.env", [:]) == nil)
  }

  @Test(
    "an instance has the name that systemd gives it",
    arguments: [
      "/srv/xmcp/.env", "/.env", "/a b/-x_y:z/ü%$\\\n.env", "/a/\u{1}\u{7f}",
    ])
  func names(path: String) throws {
    let theirs = try Child.run("/usr/bin/systemd-escape", ["--path", "--", path])
    #expect(theirs.output == RenewalTimer.instance(of: path) + "\n", "\(theirs.errors)")
  }

  @Test("doctor names it, and warns of one that ends with the session")
  func doctor() {
    let world = World.loggedIn(for: 3600)
    #expect(!world.run("doctor").output.contains("timer"))
    world.renewalTimer = RenewalTimer(unit: "x-auth-refresh@srv-.env.timer", outlivesSession: true)
    #expect(world.run("doctor").output.contains("ok       timer        x-auth-refresh@srv-.env"))
    world.renewalTimer = RenewalTimer(unit: "x-auth-refresh@srv-.env.timer", outlivesSession: false)
    let output = world.run("doctor").output
    #expect(output.contains("only while you are logged in"))
    #expect(output.contains("→ `loginctl enable-linger`"))
  }
}
