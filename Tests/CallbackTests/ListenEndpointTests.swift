import Testing

@testable import Callback

@Suite("Listen endpoint")
struct ListenEndpointTests {
  private func plan(_ host: String, listen: String? = nil, _ found: [String] = []) throws
    -> ListenPlan
  {
    try ListenEndpoint.resolve(host: host, port: 8976, listen: listen, lookup: { _ in found })
  }

  private func addresses(_ plan: ListenPlan) -> [String] {
    plan.endpoints.map { "\($0.address) \($0.port)\($0.mayBeAbsent ? " ?" : "")" }
  }

  @Test("A loopback address is that address and nothing more")
  func loopback() throws {
    #expect(try addresses(plan("127.0.0.1")) == ["127.0.0.1 8976"])
    #expect(try addresses(plan("[::1]")) == ["::1 8976"])
    #expect(try addresses(plan("127.0.0.2")) == ["127.0.0.2 8976"])
  }

  @Test("localhost is both families, the second if it is there, without asking the resolver")
  func localhost() throws {
    #expect(try addresses(plan("LOCALHOST", ["203.0.113.9"])) == ["127.0.0.1 8976", "::1 8976 ?"])
  }

  @Test("A name is its addresses")
  func name() throws {
    let plan = try plan("login.example", ["192.0.2.1", "2001:db8::1"])
    #expect(addresses(plan) == ["192.0.2.1 8976 ?", "2001:db8::1 8976 ?"])
    #expect(plan.everywhereBecauseOf == nil)
  }

  @Test("A name that leads to loopback alone is every address, and says so")
  func everywhere() throws {
    let plan = try plan("box.example", ["127.0.1.1"])
    #expect(addresses(plan) == ["0.0.0.0 8976 ?", ":: 8976 ?"])
    #expect(plan.everywhereBecauseOf == "127.0.1.1")
    #expect(try self.plan("box.example", ["127.0.1.1", "192.0.2.1"]).everywhereBecauseOf == nil)
  }

  @Test("Behind a proxy it is loopback, wherever the name leads, unless --listen says otherwise")
  func behindProxy() throws {
    let resolve = { (host: String, listen: String?) in
      try addresses(
        ListenEndpoint.resolve(
          host: host, port: 443, listen: listen, behindProxy: true, lookup: { _ in ["127.0.1.1"] }))
    }
    #expect(try resolve("box.example", nil) == ["127.0.0.1 443", "::1 443 ?"])
    #expect(try resolve("192.0.2.1", nil) == ["127.0.0.1 443", "::1 443 ?"])
    #expect(try resolve("127.0.0.2", nil) == ["127.0.0.2 443"])
    #expect(try resolve("box.example", "192.0.2.1:80") == ["192.0.2.1 80"])
  }

  @Test("A name without addresses is a failure")
  func noSuchHost() {
    #expect(throws: ListenFailure.noSuchHost("nowhere.example")) { try plan("nowhere.example") }
  }

  @Test("--listen takes precedence over the host, its port over the redirect's")
  func listen() throws {
    #expect(try addresses(plan("login.example", listen: "0.0.0.0")) == ["0.0.0.0 8976"])
    #expect(try addresses(plan("login.example", listen: "127.0.0.1:80")) == ["127.0.0.1 80"])
    #expect(try addresses(plan("login.example", listen: "[::1]:80")) == ["::1 80"])
    #expect(try addresses(plan("login.example", listen: "::1")) == ["::1 8976"])
    #expect(try addresses(plan("login.example", listen: "::")) == ["0.0.0.0 8976 ?", ":: 8976 ?"])
    #expect(
      try addresses(plan("login.example", listen: "localhost:1")) == ["127.0.0.1 1", "::1 1 ?"])
    #expect(try plan("login.example", listen: "box", ["127.0.1.1"]).everywhereBecauseOf == nil)
  }

  @Test(
    "Anything else after --listen is refused",
    arguments: [
      "", ":80", "*", "8976", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:65536",
      "[::1]80",
      "127.0.0.1:-1", "http://127.0.0.1", "127.0.0.1:80:80", "127.0.0.1/8", "[::1",
    ])
  func malformedListen(text: String) {
    #expect(throws: ListenFailure.malformedListen(text)) { try plan("localhost", listen: text) }
  }

  @Test("The system's resolver gives numbers, each once")
  func resolver() {
    let found = NameLookup.addresses(of: "localhost")
    #expect(found.contains("127.0.0.1") || found.contains("::1"))
    #expect(Set(found).count == found.count)
    #expect(NameLookup.addresses(of: "a..b").isEmpty)
  }
}
