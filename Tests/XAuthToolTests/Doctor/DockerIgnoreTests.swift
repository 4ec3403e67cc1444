import TestSupport
import Testing

@testable import XAuthTool

/// Each case was looked up in Docker's documentation of `.dockerignore`, or in its patternmatcher.
@Suite("The rules of a .dockerignore")
struct DockerIgnoreTests {
  private func excluded(_ rules: String, _ paths: String...) -> [String] {
    let ignore = DockerIgnore(rules)
    return paths.filter(ignore.excludes)
  }

  private let env = ".env"
  private let journal = ".env.xauth/journal"

  @Test("a rule begins at the folder of the file, and means all that is below what it names")
  func names() {
    #expect(excluded(".env", env, journal, "api/.env") == [env])
    #expect(excluded(".env.xauth", env, journal) == [journal])
    #expect(excluded("api/.env", env, "api/.env") == ["api/.env"])
    #expect(excluded("api", "api/.env", "api/.env.xauth/journal", "apis/.env").count == 2)
  }

  @Test("slashes before, behind and in the middle, dots, blanks and line ends make no difference")
  func spelling() {
    for rule in [
      "/.env", "./.env", ".env/", "  .env  ", ".env\r", "x/../.env", "//.env", "\u{FEFF}.env",
      "\n\n.env", "/x/.././.env/", "/../.env",
    ] {
      #expect(excluded(rule, env, journal) == [env], "\(rule)")
    }
    #expect(excluded("", env, journal) == [])
    #expect(excluded("/\n.\n!\n", env, journal) == [])
  }

  @Test("a comment begins in the first column")
  func comments() {
    #expect(excluded("# .env\n#.env", env) == [])
    #expect(excluded(" #.env", env, "#.env") == ["#.env"])
  }

  @Test("* and ? stay in a name, and take a leading dot")
  func wildcards() {
    #expect(excluded("*", env, journal) == [env, journal])
    #expect(excluded(".env*", env, journal, "a/.env") == [env, journal])
    #expect(excluded("*.env", env, "a.env", journal) == [env, "a.env"])
    #expect(excluded("*/.env", env, "a/.env", "a/b/.env") == ["a/.env"])
    #expect(excluded("?env", env, "a/env", "xenv") == [env, "xenv"])
    #expect(excluded("*v*x*h", journal, ".env.x/h") == [journal])
  }

  @Test("** is any number of folders, also none, and at the end everything")
  func folders() {
    #expect(excluded("**/.env", env, "a/.env", "a/b/.env", "a/x.env").count == 3)
    #expect(excluded("a/**/.env", env, "a/.env", "a/b/c/.env") == ["a/.env", "a/b/c/.env"])
    #expect(excluded("**", env, journal) == [env, journal])
    #expect(excluded(".env**", env, journal, "a/.env") == [env, journal])
    #expect(excluded("**/.env*", journal, "a/.env.xauth/journal").count == 2)
    #expect(excluded("a/**", "a/.env", env) == ["a/.env"])
    #expect(excluded("**/*.xauth", journal, env) == [journal])
    #expect(excluded("**.env", "prod.env", "a/prod.env", "a/x").count == 2)
    #expect(excluded("**.e?v", "prod.env", "a/.env") == ["a/.env"])
    #expect(excluded("**/a/**/b/c", "a/b/a/x/b/c", "x/a/b/d", "a/b/x/b/c").count == 2)
    #expect(excluded("a**env", env, "a.env", "a/.env") == ["a.env"])
  }

  @Test("classes and escapes")
  func classes() {
    #expect(excluded(".[a-f]nv", env, ".xnv") == [env])
    #expect(excluded(".[^a-d]nv", env, ".anv") == [env])
    #expect(excluded(".[xe]nv", env, ".xnv", ".nv") == [env, ".xnv"])
    #expect(excluded(".[!x]nv", env, ".!nv", ".xnv") == [".!nv", ".xnv"])
    #expect(excluded(#"\.env"#, env) == [env])
    #expect(excluded(#".\*"#, env, ".*") == [".*"])
    #expect(excluded(#".[\]e]nv"#, env, ".]nv") == [env, ".]nv"])
    for broken in [".[env", ".[", ".[e-", "[^", #".env\"#] {
      #expect(excluded(broken, env) == [], "\(broken)")
    }
  }

  @Test("the last rule that matches decides")
  func exceptions() {
    #expect(excluded("*\n!.env", env, journal) == [journal])
    #expect(excluded("!.env\n*", env, journal) == [env, journal])
    #expect(excluded("*\n!.env*\n.env.xauth", env, journal) == [journal])
    #expect(excluded("*\n!.env.xauth\n.env.xauth/journal", env, journal) == [env, journal])
    #expect(excluded("*\n! src\n!.env.xauth/journal", env, journal) == [env])
  }

  @Test("no pattern takes long")
  func hostile() {
    let rules = String(repeating: "*a", count: 200) + "\n" + String(repeating: "**/a*", count: 200)
    let path = String(repeating: "a/", count: 500) + "b"
    #expect(processorSeconds { _ = DockerIgnore(rules).excludes(path) } < 5)
    let name = String(repeating: "a", count: 255)
    #expect(processorSeconds { _ = DockerIgnore(rules + "\n**/*b").excludes(name) } < 5)
  }
}
