import OAuth
import Testing

@testable import Rotation
@testable import XAuthTool

/// Another project's file takes the place of this one while a run waits: its tokens are for another app or
/// server.
@Suite("Settings that change while a run waits for the lock")
struct ChangedSettingsTests {
  /// What is in the file once it is locked.
  private static let switches: [@Sendable (World) -> Void] = [
    { $0.write(access: "b0", refresh: "s0", expiresIn: 60, also: "CLIENT_SECRET=s\n") },
    {
      $0.write(
        access: "b0", refresh: "s0", expiresIn: 60, also: "X_API_BASE_URL=https://b.example\n")
    },
    { $0.folder.write($0.text.replacing("CLIENT_ID=app", with: "CLIENT_ID=other"), to: ".env") },
  ]

  @Test(
    "nothing is sent in either's name, and the next run goes by the new ones",
    arguments: [["refresh"], ["refresh", "--force"], ["revoke"]], switches.indices)
  func changed(arguments: [String], index: Int) {
    let world = World(grantFor: 30)
    var isFirst = true
    world.meanwhile = { [unowned world] step in
      guard step == .locked, isFirst else { return }
      isFirst = false
      Self.switches[index](world)
    }
    let run = world.run(arguments + ["--json"])
    #expect(run.status == 75, "\(run.output) \(run.errors)")
    #expect((run.output + run.errors).contains("settings_changed"))
    #expect(world.network.requests.isEmpty)
    world.network.script = [.granted("c1", "t1")]
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "c1")
  }

  @Test("a file that an editor is writing in place is waited for")
  func halfWritten() {
    let world = World(grantFor: 30)
    world.network.script = [.granted("a1", "r1")]
    let whole = world.text
    world.meanwhile = { [unowned world] step in
      guard step == .locked else { return }
      world.meanwhile = { _ in }
      world.folder.write("", to: ".env")
    }
    world.pause = { [unowned world] _ in world.folder.write(whole, to: ".env") }
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
  }

  @Test("other lines may change")
  func otherLines() {
    let world = World(grantFor: 30)
    world.network.script = [.granted("a1", "r1")]
    world.meanwhile = { [unowned world] step in
      if step == .locked { world.folder.write("NEW=1\n" + world.text, to: ".env") }
    }
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1" && world.text.hasPrefix("NEW=1\n"))
  }
}
