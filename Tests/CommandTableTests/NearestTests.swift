import Testing

@testable import CommandTable

@Suite("The nearest name")
struct NearestTests {
  private let names = ["login", "refresh", "revoke", "show", "token", "header"]

  @Test(
    "is found through one or two slips",
    arguments: [
      ("lgoin", "login"), ("refersh", "refresh"), ("refrsh", "refresh"), ("tokens", "token"),
      ("shwo", "show"), ("rvoke", "revoke"), ("heeader", "header"),
    ])
  func close(typed: String, meant: String) {
    #expect(Nearest.name(to: typed, among: names) == meant)
  }

  @Test("is not made up", arguments: ["", "frobnicate", "st", "wxyz", "logout!", "log"])
  func far(typed: String) { #expect(Nearest.name(to: typed, among: names) == nil) }

  @Test("is not sought for a word too long to be a slip")
  func long() {
    let word = String(repeating: "a", count: 100_000)
    #expect(Nearest.name(to: word, among: [word]) == nil)
  }

  @Test("a swap of neighbours is one step")
  func distance() {
    #expect(Nearest.distance(Array("ab".utf8), Array("ba".utf8)) == 1)
    #expect(Nearest.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
    #expect(Nearest.distance([], Array("abc".utf8)) == 3)
  }
}
