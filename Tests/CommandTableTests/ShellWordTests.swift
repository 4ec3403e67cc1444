import CommandTable
import TestSupport
import Testing

@Suite("How a word is quoted for a shell")
struct ShellWordTests {
  @Test("A word stands in single quotes, and those in it outside of them")
  func quoting() {
    #expect(ShellWord.quoted("") == "''")
    #expect(ShellWord.quoted("a b") == "'a b'")
    #expect(ShellWord.quoted("it's") == #"'it'\''s'"#)
    #expect(ShellWord.quoted("'") == #"''\'''"#)
  }

  @Test("A shell reads back any word")
  func readBack() throws {
    for word in [
      "", "-n", "a\nb\n", "'\"'`id`$(id)\\", "$HOME ~ * \u{E9}\u{1F600}", "\\'", "\r\t#",
      "a'\u{301}; echo 'b",
    ] {
      let outcome = try Child.run("/bin/sh", ["-c", "printf %s. \(ShellWord.quoted(word))"])
      #expect(outcome.output == word + ".")
    }
  }
}
