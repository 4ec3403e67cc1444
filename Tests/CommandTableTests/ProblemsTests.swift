import CommandTable
import TableCheck
import Testing

@Suite("Problems of a table")
struct ProblemsTests {
  private func problems(
    _ command: Command, common: [CommandOption] = [], foreign: [ForeignCall] = []
  ) -> [String] {
    let standard = ["help", "version"].map { Command($0, section: "S", summary: "s") }
    return Tool(
      name: "t", summary: "s", commands: [command] + standard,
      commonOptions: common,
      exitCodes: [ExitCodeDoc(0, "done")], foreignCalls: foreign
    ).problems()
  }

  private func command(
    _ name: String = "go", summary: String = "s", discussion: String = "",
    operands: [Operand] = [], options: [CommandOption] = [], environment: [String] = [],
    exitCodes: [Int] = [], examples: [Example] = []
  ) -> Command {
    Command(
      name, section: "S", summary: summary, discussion: discussion, operands: operands,
      options: options, environment: environment, exitCodes: exitCodes, examples: examples)
  }

  @Test("a sound table has none, by whatever name", arguments: ["ferry", "x-ferry"])
  func sound(name: String) { #expect(sampleTool(named: name).problems() == []) }

  @Test("names that are there twice are found")
  func twice() {
    let json = CommandOption("json", help: "h")
    #expect(
      problems(command(options: [json]), common: [json]) == ["go: option '--json' is there twice"])
    #expect(problems(command("help")).contains("command or topic 'help' is there twice"))
    #expect(
      problems(command(options: [CommandOption("host", short: "h", help: "h")]))
        == ["go: option '-h' is there twice"])
  }

  @Test("names that a shell or the other program would take are found")
  func names() {
    #expect(problems(command("Go!")).contains("'Go!' is no name for a command"))
    let foreign = ForeignCall(program: "p", path: "/p", words: ["go", "-v"])
    #expect(
      problems(command(), foreign: [foreign])
        == ["'go' would be taken for a call of another program"])
    #expect(
      problems(command(), common: [CommandOption("v", short: "v", help: "h")], foreign: [foreign])
        .contains("'-v' would be taken for a call of another program"))
  }

  @Test("synonyms must lead to a command, and mean nothing else")
  func synonyms() {
    func found(_ synonyms: [String: String]) -> [String] {
      let standard = ["help", "version"].map { Command($0, section: "S", summary: "s") }
      return Tool(
        name: "t", summary: "s", commands: standard, exitCodes: [ExitCodeDoc(0, "done")],
        synonyms: synonyms
      ).problems()
    }
    #expect(found(["about": "version"]) == [])
    #expect(found(["about": "nothing"]) == ["'about' leads to no command 'nothing'"])
    #expect(found(["help": "version"]) == ["'help' is no synonym: it means something else"])
  }

  @Test("with -h a page is a screenful")
  func brief() {
    let options = (1...20).map { CommandOption("o\($0)", help: "h") }
    #expect(problems(command(options: options)) == ["t go: s: -h has 26 lines"])
  }

  @Test("examples must parse, also inside of quotes and pipes")
  func examples() {
    func found(_ line: String) -> [String] {
      problems(command(examples: [Example(line, "e")]))
    }
    #expect(found("t go && /opt/t go | sh -c 'x' # t gone") == [])
    #expect(
      found("curl -H \"A: $(t go --bogus)\"") == [
        "go: 'curl -H \"A: $(t go --bogus)\"': `go` has no option --bogus"
      ])
    #expect(found("echo x; t gp > out").count == 1)
    #expect(found("other go") == ["go: 'other go' doesn't call t"])
  }

  @Test("what is referred to must be documented")
  func references() {
    let option = CommandOption("o", value: OptionValue("V", environment: "NAME"), help: "h")
    #expect(
      problems(command(options: [option], environment: ["OTHER"], exitCodes: [0, 9])) == [
        "go: the setting OTHER is not documented", "go: the exit code 9 is not documented",
        "--o: the setting NAME is not documented",
      ])
  }

  @Test("a default must be a value that the option takes")
  func defaults() {
    let option = CommandOption("o", value: OptionValue("V", .seconds, default: "soon"), help: "h")
    #expect(
      problems(command(options: [option]))
        == ["--o: the default 'soon' is not a duration such as 90s, 75m or 2h"])
  }

  @Test("operands that leave nothing for the next, and empty or overlong texts, are found")
  func others() {
    #expect(
      problems(command(operands: [Operand("A", repeats: true), Operand("B")]))
        == ["go: A leaves nothing for the operands after it"])
    #expect(problems(command(summary: "")) == ["go: no summary"])
    #expect(problems(command(summary: "s.")) == ["go: a full stop after the summary"])
    for help in ["h.", "h. And more"] {
      #expect(
        problems(command(options: [CommandOption("o", help: help)]))
          == ["--o: a full stop in the help"])
    }
    #expect(problems(command(discussion: "# H")) == ["go: a heading in the discussion"])
    let long = "t go " + String(repeating: "x", count: 90)
    #expect(problems(command(discussion: "    \(long)")).count == 1)
  }
}
