import CommandTable
import TestSupport
import Testing

@Suite("Reading a command line")
struct ParseTests {
  private let tool = sampleTool()

  private func refusal(_ arguments: [String]) -> UsageError? {
    do throws(UsageError) {
      _ = try tool.parse(arguments)
      return nil
    } catch { return error }
  }

  @Test("values come after a space or after an equals sign, and only the first one divides")
  func values() throws {
    let spaced = try tool.parse(["load", "--wait", "90s", "--note=a=b", "--crew", "3", "x"])
    #expect(spaced.value("wait") == "90s")
    #expect(spaced.value("note") == "a=b")
    #expect(spaced.value("crew") == "3")
    #expect(spaced.operands == ["x"])
    #expect(try tool.parse(["load", "--note=", "x"]).value("note") == "")
    #expect(try tool.parse(["load", "--note=-x", "x"]).value("note") == "-x")
    #expect(try tool.parse(["load", "--manifest", "-", "x"]).value("manifest") == "-")
  }

  @Test("common options go before the command and after it")
  func commonOptions() throws {
    let expected = Invocation(
      command: "load", options: ["json": [], "manifest": ["m"]], operands: ["x"])
    #expect(try tool.parse(["--json", "--manifest", "m", "load", "x"]) == expected)
    #expect(try tool.parse(["load", "x", "--manifest=m", "--json"]) == expected)
    #expect(try tool.parse(["load", "x"]).flag("json") == false)
  }

  @Test("options that repeat keep their order, flags may be repeated, others may not")
  func repetition() throws {
    #expect(try tool.parse(["load", "--note", "a", "--note=b", "x"]).values("note") == ["a", "b"])
    #expect(try tool.parse(["load", "--json", "--json", "x"]).flag("json"))
    #expect(refusal(["load", "--crew=2", "--crew=2", "x"]) == .repeatedOption("--crew"))
    #expect(
      refusal(["--manifest=a", "load", "--manifest=b", "x"]) == .repeatedOption("--manifest"))
  }

  @Test("two dashes end the options")
  func endOfOptions() throws {
    #expect(
      try tool.parse(["load", "--", "--crew", "-h", "--"]).operands == ["--crew", "-h", "--"])
    #expect(try tool.parse(["load", "--", "x"]).operands == ["x"])
    #expect(try tool.parse(["--", "load", "x"]).command == "load")
    #expect(try tool.parse(["load", "-"]).operands == ["-"])
  }

  @Test(
    "another program's command line is taken as it is",
    arguments: [
      (["run", "--", "ls", "--json", "-h"], ["ls", "--json", "-h"]),
      (["run", "ls", "--json", "-h"], ["ls", "--json", "-h"]),
      (["run", "ls", "--", "a"], ["ls", "--", "a"]),
      (["run", "--", "--wet", "--help"], ["--wet", "--help"]),
      (["run", "--", "--", "a"], ["--", "a"]),
    ])
  func commandLine(arguments: [String], operands: [String]) throws {
    #expect(try tool.parse(arguments) == Invocation(command: "run", operands: operands))
  }

  @Test("options before another program's name are ours")
  func ownOptionsOfCommandLine() throws {
    let invocation = try tool.parse(["run", "--wet", "ls", "--wet"])
    #expect(invocation.flag("wet") && invocation.operands == ["ls", "--wet"])
  }

  @Test(
    "help is shown wherever it is asked for, even if something else is wrong",
    arguments: [
      ["load", "--help"], ["load", "-h"], ["-h", "load"], ["load", "x", "--crew", "many", "-h"],
      ["load", "--bogus", "--help"], ["load", "--crew", "--help"], ["--bogus", "load", "--help"],
      ["load", "--side=up", "a", "--version", "-h"],
    ])
  func help(arguments: [String]) throws {
    #expect(try tool.parse(arguments).command == "help")
    #expect(try tool.parse(arguments).operands == ["load"])
  }

  @Test("no argument asks for help; options without a command are a mistake")
  func bareHelp() throws {
    #expect(try tool.parse([]) == Invocation(command: "help", isBrief: true))
    #expect(refusal(["--json"]) == .noCommand)
    #expect(try tool.parse(["--json", "--help"]).command == "help")
    #expect(try tool.parse(["--help"]) == Invocation(command: "help"))
    #expect(try tool.parse(["help", "cron"]).operands == ["cron"])
  }

  @Test("-h asks for a screenful, --help for all, and help for all too")
  func brief() throws {
    #expect(try tool.parse(["-h"]) == Invocation(command: "help", isBrief: true))
    #expect(
      try tool.parse(["load", "-h"])
        == Invocation(command: "help", operands: ["load"], isBrief: true))
    #expect(try !tool.parse(["load", "-h", "--help"]).isBrief)
    #expect(try !tool.parse(["help", "load"]).isBrief)
  }

  @Test("after two dashes there is no help")
  func noHelpAfterSeparator() {
    #expect(
      refusal(["weather", "--", "eye", "b", "-h"])
        == .tooManyOperands(command: "weather", operand: "-h"))
  }

  @Test("--version is the command of that name, with the common options")
  func version() throws {
    #expect(
      try tool.parse(["--version", "--json"])
        == Invocation(command: "version", options: ["json": []]))
    #expect(
      refusal(["--bogus", "--version"]) == .unknownOption("--bogus", command: nil, nearest: nil))
  }

  @Test("there are no abbreviations, and slips get a hint")
  func unknown() {
    #expect(
      refusal(["load", "--cre", "3"])
        == .unknownOption("--cre", command: "load", nearest: "--crew"))
    #expect(
      refusal(["load", "-crew=3"])
        == .unknownOption("-crew", command: "load", nearest: "--crew"))
    #expect(refusal(["weahter"]) == .unknownCommand("weahter", nearest: "weather"))
    #expect(refusal(["lo", "--help"]) == .unknownCommand("lo", nearest: nil))
    #expect(refusal(["help", "crom"]) == .unknownTopic("crom", nearest: "cron"))
    #expect(refusal(["load", "-x"]) == .unknownOption("-x", command: "load", nearest: nil))
  }

  @Test("an option of another command says whose it is")
  func misplaced() {
    #expect(
      refusal(["--force", "load", "x"])
        == .misplacedOption("--force", command: nil, owners: ["load"]))
    #expect(
      refusal(["weather", "--wet"])
        == .misplacedOption("--wet", command: "weather", owners: ["run"]))
  }

  @Test("values are checked by their kind")
  func badValues() {
    #expect(refusal(["load", "--crew"]) == .missingValue(option: "--crew", value: "NUMBER"))
    #expect(
      refusal(["load", "--crew", "--json", "x"]) == .missingValue(option: "--crew", value: "NUMBER")
    )
    #expect(refusal(["load", "--force=yes", "x"]) == .unexpectedValue(option: "--force"))
    #expect(
      refusal(["load", "--crew", "+3", "x"])
        == .badValue(
          name: "--crew", value: "+3", expected: "one of 2, 3, 4", command: "load"))
    #expect(
      refusal(["load", "--wait=soon", "x"])
        == .badValue(
          name: "--wait", value: "soon", expected: "a duration such as 90s, 75m or 2h",
          command: "load"))
    #expect(
      refusal(["load", "--side=up", "x"])
        == .badValue(
          name: "--side", value: "up", expected: "one of port, starboard", command: "load"))
    #expect(
      refusal(["--manifest=", "load", "x"])
        == .badValue(name: "--manifest", value: "", expected: "", command: nil))
  }

  @Test("operands are counted, and optional ones are filled from the left")
  func operands() throws {
    #expect(refusal(["load"]) == .missingOperand(command: "load", operand: "PARCEL"))
    #expect(refusal(["run"]) == .missingOperand(command: "run", operand: "COMMAND"))
    #expect(refusal(["run", "--"]) == .missingOperand(command: "run", operand: "COMMAND"))
    #expect(try tool.parse(["load", "a", "b", "c"]).operands == ["a", "b", "c"])
    #expect(try tool.parse(["weather"]).operands == [])
    #expect(
      refusal(["weather", "ear"])
        == .badValue(
          name: "METHOD", value: "ear", expected: "one of eye, glass", command: "weather"))
    #expect(
      refusal(["version", "now"]) == .tooManyOperands(command: "version", operand: "now"))
  }

  @Test("an optional operand before a required one is left out first")
  func optionalBeforeRequired() throws {
    let operands = [
      Operand("METHOD", .choice(["GET", "POST"]), required: false), Operand("URL"),
    ]
    let tool = Tool(
      name: "t", summary: "s",
      commands: [Command("header", section: "S", summary: "s", operands: operands)])
    #expect(try tool.parse(["header", "u"]).operands == ["u"])
    #expect(try tool.parse(["header", "POST", "u"]).operands == ["POST", "u"])
    #expect(throws: UsageError.missingOperand(command: "header", operand: "URL")) {
      try tool.parse(["header"])
    }
    let refusal = UsageError.badValue(
      name: "METHOD", value: "u", expected: "one of GET, POST", command: "header")
    #expect(throws: refusal) { try tool.parse(["header", "u", "v"]) }
  }

  @Test(
    "calls of the other program are refused by their first word",
    arguments: [["list"], ["-f", "file", "list"], ["-qf", "file"], ["add", "--help"], ["-q"]])
  func foreign(arguments: [String]) {
    guard case .foreignProgram(arguments[0], let program)? = refusal(arguments) else {
      Issue.record("\(arguments) was not recognised")
      return
    }
    #expect(program.path == "/usr/bin/ferry")
  }

  @Test(
    "the other program's words mean nothing later in the line, nor do bundles with other letters")
  func notForeign() throws {
    #expect(try tool.parse(["load", "list", "add"]).operands == ["list", "add"])
    #expect(refusal(["-fz"]) == .unknownOption("-fz", command: nil, nearest: nil))
  }

  @Test("a very long command line is read in linear time")
  func long() throws {
    let count = 100_000
    let words = (0..<count).flatMap { ["--note", "n\($0)", "parcel\($0)"] }
    let seconds = try processorSeconds {
      let invocation = try tool.parse(["load"] + words)
      #expect(invocation.operands.count == count)
      #expect(invocation.values("note").last == "n\(count - 1)")
    }
    #expect(seconds < 60)
  }
}

extension Invocation {
  fileprivate func flag(_ name: String) -> Bool { options[name] != nil }
  fileprivate func value(_ name: String) -> String? { options[name]?.last }
  fileprivate func values(_ name: String) -> [String] { options[name] ?? [] }
}
