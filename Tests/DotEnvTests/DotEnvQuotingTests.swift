import Testing

@testable import DotEnv

@Suite("How a value is quoted")
struct DotEnvQuotingTests {
  @Test(
    "A value gets the most portable notation that holds it",
    arguments: [
      ("", "", .bare),
      ("abcXYZ019._+/=:@%^,~-", "abcXYZ019._+/=:@%^,~-", .bare),
      ("AAAA%2B==", "AAAA%2B==", .bare),
      ("a~b", "a~b", .bare),
      ("a=~", "a=~", .bare),
      ("~a", "'~a'", .singleQuotes),
      ("=a", "'=a'", .singleQuotes),
      ("a:~", "'a:~'", .singleQuotes),
      ("a:=", "'a:='", .singleQuotes),
      ("a b", "'a b'", .singleQuotes),
      ("a#b", "'a#b'", .singleQuotes),
      ("$HOME", "'$HOME'", .singleQuotes),
      ("\u{E9}", "'\u{E9}'", .singleQuotes),
      (#"C:\dir"#, #"'C:\dir'"#, .singleQuotes),
      ("say \"`hi`\"", "'say \"`hi`\"'", .singleQuotes),
      ("it's", "\"it's\"", .doubleQuotes),
      ("${A}", "\"\\${A}\"", .escapes),
      (#"a\\b"#, #""a\\\\b""#, .escapes),
      (#"a\"#, #""a\\""#, .escapes),
      ("it's $5", "\"it's \\$5\"", .escapes),
      ("a\r\nb", #""a\r\nb""#, .escapes),
    ] as [(String, String, DotEnvQuoting)])
  func notation(value: String, text: String, quoting: DotEnvQuoting) {
    #expect(DotEnvQuoting.allCases.first { $0.holds(value) } == quoting)
    #expect(quoting.write(value) == text)
    #expect(DotEnvChange("KEY", value, origin: .server).isPortable == (quoting != .escapes))
    #expect(DotEnvDocument(text: "KEY=\(text)\n").value(of: "KEY")?.text == value)
  }
}
