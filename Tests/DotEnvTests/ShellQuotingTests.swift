import DotEnv
import TestSupport
import Testing

@Suite("How a word is quoted for a shell")
struct ShellQuotingTests {
  @Test("A word stands in single quotes, and those in it outside of them")
  func quoting() {
    #expect(ShellQuoting.quote("") == "''")
    #expect(ShellQuoting.quote("a b") == "'a b'")
    #expect(ShellQuoting.quote("it's") == #"'it'\''s'"#)
    #expect(ShellQuoting.quote("'") == #"''\'''"#)
  }

  @Test("A shell reads back any word")
  func readBack() throws {
    for word in [
      "", "-n", "a\nb\n", "'\"'`id`$(id)\\", "$HOME ~ * \u{E9}\u{1F600}", "\\'", "\r\t#",
    ] {
      let outcome = try Child.run("/bin/sh", ["-c", "printf %s. \(ShellQuoting.quote(word))"])
      #expect(outcome.output == word + ".")
    }
  }
}
