import Testing

@testable import XAuthTool

@Suite("Messages on a terminal")
struct WrappedTextTests {
  @Test("a long line is broken between words, and goes on below its beginning")
  func words() {
    let text = "one two three four five six seven eight nine ten\n  short\n"
    #expect(
      text.wrapped(columns: 32)
        == "one two three four five six\nseven eight nine ten\n  short\n")
    #expect(
      ("xauth: " + text).wrapped(columns: 32, hanging: 4)
        == "xauth: one two three four five\n    six seven eight nine ten\n  short\n")
    #expect(
      ("  " + text).wrapped(columns: 32)
        == "  one two three four five six\n  seven eight nine ten\n  short\n")
  }

  @Test("beside a label the text keeps its column")
  func labels() {
    #expect(
      "ok    file    a file that is there and long\n".wrapped(columns: 36)
        == "ok    file    a file that is there\n              and long\n")
    // Unless that leaves too little of the line.
    #expect(
      "warning  git          git would commit it".wrapped(columns: 32)
        == "warning  git          git would\ncommit it")
  }

  @Test("an address, a path and a command stay whole, however long they are")
  func whole() {
    let address = "https://x.com/i/oauth2/authorize?response_type=code&client_id=a&state=b"
    #expect(
      "open \(address) now".wrapped(columns: 40) == "open\n\(address)\nnow")
    let command = "`xauth login --env-file '/srv/my app/.env' --force`"
    #expect(
      "run \(command), or leave it".wrapped(columns: 40) == "run\n\(command),\nor leave it")
  }

  @Test("spaces in a row, and one at the end, are kept; a lone backtick begins nothing")
  func kept() {
    let prompt = "a question of some length with an end? [y/N] "
    #expect(prompt.wrapped(columns: 40) == "a question of some length with an end?\n[y/N] ")
    #expect(
      "it's a ` and then words that go on and on".wrapped(columns: 32)
        == "it's a ` and then words that go\non and on")
  }

  @Test("in a very narrow terminal, lines are left to it")
  func narrow() {
    let text = "one two three four five six seven eight nine ten"
    #expect(text.wrapped(columns: 31) == text)
  }

  @Test("only a terminal gets wrapped lines; JSON and data never are")
  func console() throws {
    let message = "a message that is longer than the line of a narrow terminal"
    for (isTerminal, lines) in [(true, 2), (false, 1)] {
      let (output, errors) = (Captured(), Captured())
      var context = Context.test(World(), [], output: output, errors: errors)
      context.standardError = errors.descriptor(isTerminal: isTerminal, columns: 50)
      context.standardOutput = output.descriptor(isTerminal: isTerminal, columns: 50)
      let words = Console(context, json: false, quiet: false, verbose: false, noColor: false)
      words.say(message)
      #expect(errors.text.split(separator: "\n").count == lines)
      try words.data(message + "\n")
      #expect(output.text == message + "\n")
      let json = Console(context, json: true, quiet: false, verbose: false, noColor: true)
      json.fail(FailureReport("code", .settings, message))
      #expect(output.text.split(separator: "\n").count == 2)
    }
  }

  @Test("a coloured label doesn't count twice")
  func coloured() {
    let errors = Captured()
    let world = World()
    world.environment["TERM"] = "xterm"
    var context = Context.test(world, [], output: Captured(), errors: errors)
    context.standardError = errors.descriptor(isTerminal: true, columns: 40)
    let console = Console(context, json: false, quiet: false, verbose: false, noColor: false)
    console.warn("there is something in the way here", hint: "take it away")
    #expect(
      errors.text
        == "\u{1B}[33mxauth: warning: \u{1B}[0mthere is something in\n    the way here\n  take it away\n"
    )
  }
}
