import TestSupport
import Testing

@testable import XAuthTool

@Suite("show --check")
struct ShowCheckTests {
  private func world(_ status: Int, _ body: String) -> World {
    let world = World.loggedIn(for: 3600)
    world.network.otherwise = .answer(status, body, [:])
    return world
  }

  @Test("an account is named, and the token was sent to X alone")
  func account() {
    let world = world(200, #"{"data":{"id":"1","name":"A","username":"somebody"}}"#)
    let run = world.run("show", "--check")
    #expect(run.status == 0)
    #expect(run.output.contains("the token of @somebody"))
    #expect(world.network.requests.map(\.url) == ["https://api.x.com/2/users/me"])
  }

  @Test("what X refuses, and no renewal mends, takes a person", arguments: [402, 403])
  func forbidden(status: Int) {
    let run = world(status, #"{"title":"No","detail":"Not in a package"}"#)
      .run("show", "--check", "--json")
    #expect(run.status == 3)
    #expect(!run.output.contains(#""accepted":true"#))
    #expect(run.output.contains(#": \"Not in a package\"""#))
  }

  @Test("an app that isn't enrolled says nothing of its token")
  func notEnrolled() {
    let run = world(403, #"{"reason":"client-not-enrolled"}"#).run("show", "--check", "--json")
    #expect(run.status == 3)
    #expect(!run.output.contains(#""accepted":"#) || run.output.contains(#""accepted":null"#))
  }

  @Test("X's own words never show the token")
  func echo() {
    let run = world(403, #"{"detail":"not for access=="}"#).run("show", "--check")
    #expect(run.output.contains("X forbids that call to this app: \"not for"))
    #expect(!run.output.contains("access=="))
  }

  @Test(
    "a server that is busy or answers nonsense says nothing about the token",
    arguments: [429, 503, 200])
  func unknown(status: Int) {
    let run = world(status, "<html>").run("show", "--check", "--json")
    #expect(run.status == 75)
    #expect(!run.output.contains(#""accepted":true"#) && !run.output.contains(#""accepted":false"#))
    #expect(run.output.contains("rate limiting") == (status == 429))
  }

  @Test("a refused token is renewed where it can be, and else takes a login")
  func refused() {
    let world = world(401, "")
    let run = world.run("show", "--check")
    #expect(run.status == 75 && run.output.contains("refresh --force"))
    world.folder.write("CLIENT_ID=app\nX_OAUTH2_ACCESS_TOKEN=a\n", to: ".env")
    let without = world.run("show", "--check")
    #expect(without.status == 3 && without.output.contains("login"))
  }

  @Test("where X has refused the refresh token too, a renewal isn't offered")
  func refusedTwice() {
    let world = world(401, "")
    world.network.script = [.refused]
    #expect(world.run("refresh", "--force").status == 3)
    let run = world.run("show", "--check")
    #expect(run.status == 3)
    #expect(run.output.contains("run `xauth login`") && !run.output.contains("refresh --force"))
    // And what it still accepts doesn't make the grant a living one.
    world.network.script = [.answer(200, #"{"data":{"username":"somebody"}}"#, [:])]
    #expect(world.run("show", "--check").status == 3)
  }

  @Test("without a token X is not asked")
  func noToken() {
    let world = world(401, "")
    world.folder.write("CLIENT_ID=app\n", to: ".env")
    #expect(world.run("show", "--check").status == 3)
    #expect(world.network.requests.isEmpty)
  }

  @Test("a server that isn't reached is temporary")
  func notReached() {
    let world = World.loggedIn(for: 3600)
    world.network.script = [.notReached]
    #expect(world.run("show", "--check").status == 75)
  }
}
