import Testing

@testable import DurableFile
@testable import OAuth
@testable import XAuthTool

@Suite("ProxyAddress: what a proxy sets is for its server, not for us")
struct ProxyAddressTests {
  private let address = ProxyAddress(port: 8979, secret: "0123456789abcdef0123456789abcdef")

  @Test("it is read back, and shown without its secret")
  func text() {
    #expect(ProxyAddress(address.text) == address)
    #expect(ProxyAddress("\(address.text)/") == address)
    #expect(address.shown == "http://127.0.0.1:8979/***")
    for text in [
      "https://api.x.com", "https://api.x.com:8979/\(address.secret)", "http://127.0.0.1:8979", "",
      "http://127.0.0.1:8979/api", "\(address.text)/2",
    ] {
      #expect(ProxyAddress(text) == nil, "\(text)")
    }
  }

  @Test(
    "a run in its server's environment goes to X, or where the file says, with the file's grant")
  func environment() throws {
    let world = World(grantFor: 30)
    world.environment = [
      ProxyAddress.variable: address.text, "X_API_BASE_URL": address.text,
      "X_OAUTH2_ACCESS_TOKEN": ProxyAddress.placeholder,
    ]
    #expect(try world.settings("show").endpoints(sending: []).api.text == Endpoints.standardAPI)
    world.network.script = [.granted("a1", "r1")]
    let run = world.run("token")
    try #require(run.output == "a1\n" && run.errors == "", "\(run)")
    #expect(world.network.requests[0].url.hasPrefix("https://api.x.com/"))
    let alone = World()
    alone.environment = ["X_OAUTH2_ACCESS_TOKEN": ProxyAddress.placeholder]
    #expect(alone.run("token").status == 3)
  }

  @Test("the address of a proxy that runs by itself, or ran, is passed over where it was pasted")
  func pasted() throws {
    let world = World("X_API_BASE_URL=\(address.text)\n")
    #expect(try world.settings("show").endpoints(sending: []).api.text == Endpoints.standardAPI)
    let sandbox = World("X_API_BASE_URL=http://127.0.0.1:8977\n")
    sandbox.environment["X_API_BASE_URL"] = address.text
    let api = try sandbox.settings("show").endpoints(sending: []).api.text
    #expect(api == "http://127.0.0.1:8977")
  }

  @Test("it is kept for this folder alone, where only the owner can read it")
  func kept() throws {
    let world = World()
    #expect(ProxyAddress.kept(for: try world.target) == nil)
    try address.keep(for: world.target)
    #expect(ProxyAddress.kept(for: try world.target) == address)
    let text = try #require(world.folder.text(".env.xauth/proxy"))
    #expect(text.split(separator: "\n").first.map(String.init) == address.text)
    // As a repository would bring it.
    world.folder.write("\(address.text)\n1234\n", to: ".env.xauth/proxy", mode: 0o600)
    #expect(ProxyAddress.kept(for: try world.target) == nil)
  }
}
