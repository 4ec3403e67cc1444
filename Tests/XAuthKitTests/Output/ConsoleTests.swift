import Testing

@testable import XAuthKit

@Suite("What is said")
struct ConsoleTests {
  @Test("nothing of somebody else's words steers the terminal, not in --verbose either")
  func harmless() {
    let errors = Captured()
    let context = Context.test(World(), [], output: Captured(), errors: errors)
    let console = Console(context, json: false, quiet: false, verbose: true, noColor: true)
    console.say("a\u{1B}[2Jb")
    console.warn("c\u{07}d")
    console.detail("e\u{1B}]0;f")
    #expect(errors.text == "a[2Jb\nxauth: warning: cd\n  e]0;f\n")
  }
}
