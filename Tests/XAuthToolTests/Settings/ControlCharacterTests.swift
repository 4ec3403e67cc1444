import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

/// A line break in a token is another header, another line of curl's configuration, another variable:
/// no command passes one on.
@Suite("A token with a control character")
struct ControlCharacterTests {
  private static let names = ["X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN"]
  private static let commands = [
    ["header", "https://api.x.com/2/users/me"],
    ["header", "--curl", "https://api.x.com/2/users/me"],
    ["token"], ["exec", "--", "true"], ["refresh"], ["refresh", "--force"], ["export"], ["show"],
    ["revoke"],
  ]

  /// A `.env` with a grant, one value of which is another.
  private func world(_ name: String, _ value: String) -> World {
    let world = World.loggedIn(for: 3600)
    world.environment = ["PATH": "/bin"]
    world.installed = ["/bin/true"]
    let lines = (world.folder.text(".env") ?? "").split(separator: "\n").map { line in
      line.hasPrefix("\(name)=") ? "\(name)=\(value)" : String(line)
    }
    world.folder.write(lines.joined(separator: "\n") + "\n", to: ".env")
    return world
  }

  @Test("in the file is refused, by name and line, and nothing is sent", arguments: names)
  func file(name: String) {
    for value in ["\"x\noutput = pwned\nurl = file:///etc/hostname\n#\"", "\"x\ty\"", "\"x\\r\""] {
      let world = world(name, value)
      let before = world.folder.text(".env")
      let line = name == "X_OAUTH2_ACCESS_TOKEN" ? 2 : 3
      for command in Self.commands {
        let outcome = world.run(command)
        #expect(outcome.status == 4, "\(command)")
        #expect(outcome.output == "")
        #expect(
          outcome.errors.contains(
            "\(name) from the file, line \(line) contains a control character"))
      }
      #expect(world.network.requests.isEmpty)
      #expect(world.replacement == nil)
      #expect(world.folder.text(".env") == before)
      let failures = world.run("doctor").output.split(separator: "\n").filter {
        $0.contains("\(name) from the file, line \(line) contains")
      }
      #expect(failures.count == 1)
    }
  }

  @Test("in the environment is refused too, be it a line break at its end", arguments: names)
  func environment(name: String) {
    let world = World()
    world.environment = [
      "PATH": "/bin", "XAUTH_ON_ROTATE": "put-back", "X_OAUTH2_ACCESS_TOKEN": "a",
      "X_OAUTH2_REFRESH_TOKEN": "r", "X_OAUTH2_EXPIRES_AT": "1800003600",
    ]
    world.installed = ["/bin/true"]
    world.environment[name]?.append("\n")
    for command in Self.commands {
      let outcome = world.run(command)
      #expect(outcome.status == 4, "\(command)")
      #expect(outcome.output == "")
      #expect(outcome.errors.contains("\(name) from the environment contains a control character"))
    }
    #expect(world.network.requests.isEmpty)
    #expect(world.run("doctor").status == 4)
  }

  @Test("goes by a revocation that doesn't ask X")
  func forgotten() {
    let world = world("X_OAUTH2_REFRESH_TOKEN", "\"x\ny\"")
    #expect(world.run("revoke", "--local").status == 0)
    #expect(world.folder.text(".env")?.contains("X_OAUTH2_REFRESH_TOKEN=\n") == true)
    #expect(world.run("token").status == 3)
  }

  @Test("that came in while a run waited for the lock is not handed on")
  func underTheLock() {
    for access in ["\"a1\nurl=x\"", "a0"] {
      let world = World(grantFor: 60)
      world.meanwhile = { step in
        guard step == .locked else { return }
        world.write(
          access: access, refresh: access == "a0" ? "\"r1\nx\"" : "r1", expiresIn: 7200)
      }
      // The step is told of before the file is read.
      let outcome = world.run("token", "--min-validity", "1h")
      #expect(outcome.status == 4)
      #expect(outcome.output == "")
      #expect(world.network.requests.isEmpty)
    }
  }

  @Test("keeps nothing in the journal from being saved once it is gone")
  func recovery() throws {
    let world = World(grantFor: 60)
    try world.journal(
      RotationRecord.of(
        .answer, .of("a0", "r0"), .of("a1", "r1", expiresAt: world.now + 7200)))
    let before = world.text
    world.folder.write(before.replacing("=a0", with: "=\"a0\n\""), to: ".env")
    #expect(world.run("refresh").status == 4)
    world.folder.write(before, to: ".env")
    #expect(world.run("token").output == "a1\n")
    #expect(world.access == "a1")
  }
}
