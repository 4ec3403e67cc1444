import CommandTable
import Testing

@Suite("What a refused command line says")
struct UsageErrorTests {
  private func text(_ arguments: [String]) -> [String] {
    let tool = sampleTool(named: "x-ferry")
    do throws(UsageError) {
      _ = try tool.parse(arguments)
      return []
    } catch { return [error.message, error.hint(tool: tool.name)] }
  }

  @Test("the message names what is wrong, the hint what to do, by the name the tool was called by")
  func texts() {
    #expect(
      text(["weahter"]) == [
        "there is no command 'weahter'",
        "did you mean `x-ferry weather`?",
      ])
    #expect(
      text(["load", "--cerw", "3"]) == [
        "`load` has no option --cerw",
        "did you mean --crew? `x-ferry load -h` shows what it takes",
      ])
    #expect(
      text(["--force"]) == ["--force goes after its command", "it is an option of `load`"])
    #expect(
      text(["load", "--crew", "-3", "x"]) == [
        "--crew needs a value: --crew NUMBER",
        "a value that begins with '-' is written --crew=-value",
      ])
    #expect(
      text(["load", "--crew=many", "x"]) == [
        "--crew is 'many', but must be one of 2, 3, 4", "`x-ferry load -h` shows what it takes",
      ])
  }

  @Test("what other tools call a command leads to it, as a call that can be pasted")
  func synonyms() {
    #expect(
      text(["forecast"]) == [
        "there is no command 'forecast'", "did you mean `x-ferry weather`?",
      ])
    #expect(text(["help", "forecast"]).last == "did you mean `x-ferry help weather`?")
    #expect(text(["help", "crom"]).last == "did you mean `x-ferry help cron`?")
    #expect(text(["load", "--manifest=", "x"]).first == "--manifest must not be empty")
    #expect(text(["version", "now"]).first == "unexpected argument 'now'")
  }

  @Test("the other program's calls get a pointer to it")
  func foreign() {
    #expect(
      text(["-f", "x", "list"]) == [
        "'-f' belongs to the harbour's ferry; this is a different program",
        "the harbour's ferry is usually /usr/bin/ferry; `x-ferry -h` says what this one does",
      ])
  }

  @Test(
    "no message and no description repeats a long argument, which may be a secret",
    arguments: [
      ["SECRET"], ["load", "--SECRET"], ["--token=SECRET", "load"], ["weather", "SECRET"],
      ["load", "--crew=SECRET", "x"], ["load", "--force=SECRET", "x"], ["version", "SECRET"],
      ["help", "SECRET"], ["version", "http://127.0.0.1/callback?code=SECRET"],
    ])
  func longArguments(arguments: [String]) {
    let secret = String(repeating: "c2VjcmV0", count: 6)
    let typed = arguments.map { argument in
      argument.split(separator: "SECRET", omittingEmptySubsequences: false).joined(
        separator: secret)
    }
    let error = #expect(throws: UsageError.self) { try sampleTool().parse(typed) }
    guard let error else { return }
    let all = "\(error) \(error.message) \(error.hint(tool: "ferry"))"
    #expect(!all.contains("c2VjcmV0"))
  }

  @Test("control characters don't reach the terminal")
  func controlCharacters() {
    #expect(
      text(["a\u{1B}[31mb\n\u{202E}"]).first
        == "there is no command 'a\u{FFFD}[31mb\u{FFFD}\u{FFFD}'")
  }
}
