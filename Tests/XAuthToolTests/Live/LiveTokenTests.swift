import CommandTable
import Glibc
import Serving
import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("LiveToken: renewed ahead, followed in the file, healed by a login")
struct LiveTokenTests {
  /// A live token in a world, and what it tells.
  private struct Served {
    let live: LiveToken
    let errors = Captured()

    init(_ world: World, validity: Int = 1800, _ arguments: String...) throws {
      let tool = Tool.xauth(named: "xauth")
      let invocation = try tool.parse(["refresh"] + arguments)
      let context = Context.test(world, arguments, output: Captured(), errors: errors)
      let options = Options(invocation)
      let call = Call(
        command: "proxy", context: context, options: options, operands: [],
        console: Console(context, json: false, quiet: false, verbose: false, noColor: true),
        tool: tool)
      live = try LiveToken(call, try call.settings(), validity: validity)
    }

    /// The token, or the words of its lack.
    var token: String {
      do { return try live.token().reveal() } catch { return error.words }
    }
  }

  @Test("it is renewed ahead, once, and then served")
  func ahead() throws {
    let world = World(grantFor: 1801)
    let served = try Served(world)
    served.live.turn()
    #expect(served.token == "a0" && world.network.requests.isEmpty)
    world.now += 2
    world.network.script = [.granted("a1", "r1")]
    served.live.turn()
    served.live.turn()
    #expect(served.token == "a1" && world.access == "a1")
    #expect(world.network.sent("refresh_token") == ["r0"])
    #expect(served.errors.text == "")
  }

  @Test("a token that lives for seconds only isn't renewed all the time")
  func shortLife() throws {
    let world = World(grantFor: 0)
    let served = try Served(world)
    world.network.script = [.granted("a1", "r1", lifetime: 10)]
    served.live.turn()
    for _ in 0..<4 {
      world.now += 1
      served.live.turn()
    }
    #expect(served.token == "a1" && world.network.requests.count == 1)
  }

  @Test("another server's token isn't handed out: whoever asks sends it to the first one")
  func otherServer() throws {
    let world = World(grantFor: 3600)
    let served = try Served(world)
    #expect(served.token == "a0")
    world.write(
      access: "b0", refresh: "s0", expiresIn: 9000, also: "X_API_BASE_URL=https://b.example\n")
    #expect(served.token == "a0")
    world.now += 3700
    served.live.turn()
    #expect(served.token != "a0" && served.token != "b0")
    #expect(world.network.requests.isEmpty)
  }

  @Test("what another run saves is served at once")
  func followed() throws {
    let world = World(grantFor: 3600)
    let served = try Served(world)
    #expect(served.token == "a0")
    world.write(access: "b0", refresh: "s0", expiresIn: 3600)
    #expect(served.token == "b0")
    #expect(served.live.successor(of: Secret("a0")) == Secret("b0"))
    #expect(world.network.requests.isEmpty)
  }

  @Test("a refused token is renewed once, if it is still the newest, and not for each refusal")
  func refusal() throws {
    let world = World(grantFor: 3600)
    let served = try Served(world)
    world.network.script = [.granted("a1", "r1"), .granted("a2", "r2")]
    #expect(served.live.successor(of: Secret("a0")) == Secret("a1"))
    #expect(served.live.successor(of: Secret("a0")) == Secret("a1"))
    #expect(served.live.successor(of: Secret("a1")) == nil)
    #expect(world.network.requests.count == 1)
    world.now += 901
    #expect(served.live.successor(of: Secret("a1")) == Secret("a2"))
  }

  @Test("a token that can't be renewed is tried again a minute after one endpoint has refused it")
  func refusalOfOneEndpoint() throws {
    let world = World(grantFor: 3600)
    world.network.otherwise = .refused
    let served = try Served(world)
    #expect(served.live.successor(of: Secret("a0")) == nil)
    #expect(served.token != "a0")
    world.now += 61
    #expect(served.token == "a0")
  }

  @Test("a token that was revoked is served no longer, one whose file is gone is")
  func revoked() throws {
    let world = World(grantFor: 3600)
    world.network.script = [.granted("a1", "r1")]
    world.run("refresh", "--force")
    let served = try Served(world)
    #expect(served.token == "a1")
    let text = world.text
    unlink(world.path)
    #expect(served.token == "a1")
    world.folder.write(text, to: ".env")
    #expect(world.run("revoke", "--local").status == 0)
    #expect(served.token != "a1")
  }

  @Test("the renewal that another run is about to save is waited for, however often X refuses")
  func aboutToBeSaved() throws {
    let world = World(grantFor: 3600)
    let served = try Served(world)
    world.network.script = [.granted("a1", "r1")]
    #expect(served.live.successor(of: Secret("a0")) == Secret("a1"))
    world.meanwhile = { step in
      if step == .locked { world.write(access: "b0", refresh: "s0", expiresIn: 7200) }
    }
    #expect(served.live.successor(of: Secret("a1")) == Secret("b0"))
    #expect(world.network.requests.count == 1)
  }

  @Test("where credentials go, if not to X, is said once")
  func elsewhere() throws {
    let world = World()
    let elsewhere = "X_API_BASE_URL=https://api.example\n"
    world.write(access: "a0", refresh: "r0", expiresIn: 60, also: elsewhere)
    let served = try Served(world)
    world.network.script = [.granted("a1", "r1", lifetime: 60), .granted("a2", "r2", lifetime: 60)]
    served.live.turn()
    world.now += 50
    served.live.turn()
    #expect(served.token == "a2")
    #expect(served.errors.text.components(separatedBy: "credentials go to api.example").count == 2)
  }

  @Test("a failed renewal stops nothing while the token lives, is tried again later and told once")
  func failing() throws {
    let world = World(grantFor: 600)
    let served = try Served(world)
    world.network.otherwise = .notReached
    served.live.turn()
    #expect(served.token == "a0")
    let tries = world.network.requests.count
    served.live.turn()
    #expect(world.network.requests.count == tries)
    for _ in 0..<60 {
      world.now += 5
      served.live.turn()
    }
    // 5, 10, 20 … seconds apart, each with its second try.
    #expect((8...16).contains(world.network.requests.count))
    #expect(served.errors.text.components(separatedBy: "warning").count == 2)
    #expect(served.errors.text.contains("`xauth proxy` tries again by itself"))
    #expect(!served.errors.text.contains("later runs"))
    world.now += 400
    #expect(served.token.contains("api.x.com"))
    world.now += 300
    world.network.script = [.granted("a1", "r1")]
    served.live.turn()
    #expect(served.token == "a1")
    #expect(served.errors.text.contains("the access token works until"))
  }

  @Test("an expired token is renewed for the request that needs it")
  func onDemand() throws {
    let world = World(grantFor: -60)
    let served = try Served(world)
    world.network.script = [.granted("a1", "r1")]
    #expect(served.token == "a1")
  }

  @Test("a dead grant is told once, and a login elsewhere heals it")
  func deadGrant() throws {
    let world = World(grantFor: 60)
    let served = try Served(world)
    world.network.script = [.refused]
    served.live.turn()
    #expect(served.token == "a0")
    world.now += 61
    for _ in 0..<20 {
      served.live.turn()
      world.now += 30
    }
    #expect(world.network.requests.count == 1)
    #expect(served.errors.text.components(separatedBy: "warning").count == 2)
    #expect(served.token.contains("xauth login"))
    #expect(served.live.obstacle?.report.exit == .loginNeeded)
    world.write(access: "b0", refresh: "s0", expiresIn: 7200)
    #expect(served.token == "b0" && served.live.obstacle == nil)
  }

  @Test("without a grant, or a file, it begins and waits for a login")
  func nothingYet() throws {
    for world in [World(), World.withoutFile()] {
      let served = try Served(world)
      served.live.turn()
      #expect(served.token.contains("xauth login"))
      world.write(access: "b0", refresh: "s0", expiresIn: 7200)
      served.live.turn()
      #expect(served.token == "b0" && world.network.requests.isEmpty)
    }
  }

  @Test("a file that is gone for a moment, or can't be read, doesn't end the token")
  func fileAway() throws {
    let world = World(grantFor: 3600)
    let served = try Served(world)
    #expect(served.token == "a0")
    let text = world.text
    unlink(world.path)
    #expect(served.token == "a0")
    mkdir(world.path, 0o700)
    for _ in 0..<30 {
      world.now += 1
      served.live.turn()
      #expect(served.token == "a0")
    }
    rmdir(world.path)
    world.folder.write(text, to: ".env")
    world.now += 1
    served.live.turn()
    #expect(served.token == "a0" && served.live.obstacle == nil)
    #expect(world.network.requests.isEmpty)
  }

  @Test("a token that X has ended with the grant is not sent again; the reason is told")
  func endedWithGrant() throws {
    let world = World(grantFor: 3600)
    let served = try Served(world)
    world.network.script = [.refused]
    #expect(served.live.successor(of: Secret("a0")) == nil)
    #expect(served.token.contains("xauth login"))
    world.write(access: "b0", refresh: "s0", expiresIn: 7200)
    #expect(served.token == "b0")
  }

  @Test("an access token alone is used while it lasts, and nothing is said about it")
  func onlyToken() throws {
    let world = World("X_OAUTH2_ACCESS_TOKEN=a0\n")
    let served = try Served(world)
    served.live.turn()
    #expect(served.token == "a0" && served.errors.text == "")
  }

  @Test("the --on-rotate command runs once for each new token, and again where it failed")
  func hook() throws {
    let world = World(grantFor: 60)
    world.environment["XAUTH_ON_ROTATE"] = "notify"
    let served = try Served(world)
    world.network.script = [.granted("a1", "r1")]
    world.hook.end = .exited(1)
    served.live.turn()
    #expect(served.token == "a1")
    let calls = world.hook.calls.count
    for _ in 0..<60 {
      world.now += 1
      served.live.turn()
    }
    // 5, 10, 20 … seconds apart.
    #expect((2...5).contains(world.hook.calls.count - calls))
    #expect(served.errors.text.components(separatedBy: "warning").count == 2)
    world.hook.end = .exited(0)
    world.now += 60
    served.live.turn()
    served.live.turn()
    #expect(try world.record?.owedToHook.isEmpty == true)
    #expect(world.network.requests.count == 1)
  }
}
