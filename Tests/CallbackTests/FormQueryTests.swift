import Testing

@testable import Callback

@Suite("Form query")
struct FormQueryTests {
  private func pairs(_ query: String) -> [[String]] {
    FormQuery.parse(query).map { [$0.name, $0.value] }
  }

  @Test("Names and values are decoded, plus is a space, and repeats stay visible")
  func decoding() {
    #expect(pairs("a=1&b=x+y%2Bz&a=2") == [["a", "1"], ["b", "x y+z"], ["a", "2"]])
    #expect(pairs("c%6Fde=%E2%9C%93") == [["code", "✓"]])
    #expect(pairs("a=b=c") == [["a", "b=c"]])
  }

  @Test("Empty pieces vanish; names without a value and values without a name don't")
  func pieces() {
    #expect(pairs("") == [])
    #expect(pairs("&&a&=v&b=") == [["a", ""], ["", "v"], ["b", ""]])
  }

  @Test("A broken escape stays as it is, and bytes that aren't UTF-8 become U+FFFD")
  func broken() {
    #expect(
      pairs("a=%&b=%4&c=%zz&d=%41%4") == [["a", "%"], ["b", "%4"], ["c", "%zz"], ["d", "A%4"]])
    #expect(pairs("a=%FF") == [["a", "\u{FFFD}"]])
  }

  @Test("A parameter is absent, there once, or repeated; an empty one is absent")
  func occurrence() {
    let query = FormQuery("a=1&b=1&b=&c=")
    #expect(query.occurrence(of: "a") == .once("1"))
    #expect(query.occurrence(of: "b") == .repeated)
    #expect(query.occurrence(of: "c") == .absent)
    #expect(query.occurrence(of: "d") == .absent)
  }
}
