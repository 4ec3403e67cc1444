import Testing

@testable import OAuth

@Suite struct ScopesTests {
  @Test(
    "Spaces, commas and mixtures of both separate scopes",
    arguments: [
      "a b c", "a,b,c", "a, b ,c", " ,a,,b  c, ", "a\tb\r\nc", "a b a c b", "a\u{a0}b c",
    ])
  func parsing(text: String) {
    #expect(Scopes(parsing: text).names == ["a", "b", "c"])
  }

  @Test("Nothing makes no scopes")
  func empty() {
    #expect(Scopes(parsing: " , ").isEmpty)
    #expect(Scopes(parsing: "").spaceSeparated == "")
  }

  @Test("Order is kept for writing and ignored for comparing")
  func order() {
    let scopes = Scopes(parsing: "b a")
    #expect(scopes.spaceSeparated == "b a")
    #expect(scopes.commaSeparated == "b,a")
    #expect(scopes == Scopes(parsing: "a,b"))
    #expect(scopes != Scopes(parsing: "a"))
    #expect(scopes.contains("a"))
    #expect(!scopes.contains("A"))
  }

  @Test("Subtracting leaves what the others lack")
  func subtracting() {
    let left = Scopes(parsing: "a b c").subtracting(Scopes(parsing: "c x a"))
    #expect(left.names == ["b"])
  }

  @Test("Scopes that X doesn't document are told, not refused")
  func unknown() {
    #expect(
      Scopes(parsing: "tweet.read tweets.read ads.write Users.Read").unknown == [
        "tweets.read", "Users.Read",
      ])
    #expect(Scopes.requestedByDefault.unknown == [])
    #expect(Scopes.requestedByDefault.names.count == 13)
    #expect(Scopes.requestedByDefault.contains("offline.access"))
    #expect(Scopes.knownToX.names.count == 27)
  }

  @Test("A hundred thousand scopes take no longer than they must")
  func many() {
    let text = (0..<100_000).map { "scope.\($0 % 50_000)" }.joined(separator: ",")
    let scopes = Scopes(parsing: text)
    #expect(scopes.names.count == 50_000)
    #expect(scopes.subtracting(scopes).isEmpty)
  }
}
