import Foundation
import Testing

@testable import XAuthTool

@Suite("What is said")
struct ConsoleTests {
  @Test("nothing that is printed controls the terminal, not even under --verbose")
  func harmless() {
    let errors = Captured()
    let context = Context.test(World(), [], output: Captured(), errors: errors)
    let console = Console(context, json: false, quiet: false, verbose: true, noColor: true)
    console.say("a\u{1B}[2Jb")
    console.warn("c\u{07}d")
    console.detail("e\u{1B}]0;f")
    #expect(errors.text == "a[2Jb\nxauth: warning: cd\n  e]0;f\n")
  }

  @Test("a line feed in a path makes no line of its own")
  func oneLine() {
    let errors = Captured()
    let context = Context.test(World(), [], output: Captured(), errors: errors)
    let console = Console(context, json: false, quiet: false, verbose: true, noColor: true)
    console.warn("/a\nxauth: b", hint: "look at /a\nb")
    console.fail(FailureReport("code", .settings, "/c\nd\u{2028}e"))
    #expect(
      errors.text == "xauth: warning: /a xauth: b\n  look at /a b\nxauth: /c de\n")
  }

  @Test("JSON means what it did, and has nothing in it that controls a terminal")
  func json() throws {
    let text = "a\u{1B}[2J\u{7F}\u{9B}b\u{202E}\u{61C}\u{2066}é\u{1F600}\n\\"
    let json = Console.json([text])
    #expect(json.withoutControlCharacters == json)
    #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [text])
  }
}

@Suite struct StatusLineTests {
  @Test("What stands there is replaced, cut to the width")
  func replaced() {
    let line = StatusLine()
    #expect(line.replacing(with: "0:10 left", columns: 80) == "\r\u{1B}[K0:10 left")
    #expect(line.replacing(with: "0:09 left", columns: 5) == "\r\u{1B}[1A\u{1B}[J0:09")
    #expect(line.replacing(with: "", columns: 5) == "\r\u{1B}[K")
    #expect(line.replacing(with: "0:08 left", columns: 1) == "\r\u{1B}[K0")
  }

  @Test("Of a line that a narrower terminal has wrapped, all rows are cleared")
  func wrapped() {
    for (columns, rows) in [(40, 0), (39, 1), (20, 1), (19, 2), (8, 4)] {
      let line = StatusLine()
      _ = line.replacing(with: String(repeating: "x", count: 40), columns: 80)
      let cleared = rows == 0 ? "\r\u{1B}[K" : "\r\u{1B}[\(rows)A\u{1B}[J"
      #expect(line.replacing(with: "", columns: columns) == cleared)
    }
  }
}
