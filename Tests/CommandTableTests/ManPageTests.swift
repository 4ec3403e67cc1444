import CommandTable
import TestSupport
import Testing

@Suite("The man page")
struct ManPageTests {
  private let folder = TemporaryFolder()

  private func page(_ tool: Tool = sampleTool(named: "x-ferry")) -> String {
    folder.write(source(tool), to: "page.1")
  }

  private func source(_ tool: Tool, about subject: HelpSubject = .overview) -> String {
    ManPage(tool, about: subject, date: "2026-08-01", release: "1.2").text
  }

  private func rendered(about subject: HelpSubject = .overview) throws -> String {
    let page = folder.write(source(sampleTool(named: "x-ferry"), about: subject), to: "page.1")
    let outcome = try Child.run("/usr/bin/mandoc", ["-T", "utf8", "-O", "width=78", page])
    // Bold and underlined letters are overstruck.
    var text = ""
    for character in outcome.output.unicodeScalars {
      if character == "\u{8}" {
        text.unicodeScalars.removeLast()
      } else {
        text.unicodeScalars.append(character)
      }
    }
    return text
  }

  @Test("mandoc finds nothing to say", .enabled(if: isInstalled("/usr/bin/mandoc")))
  func lint() throws {
    let outcome = try Child.run("/usr/bin/mandoc", ["-T", "lint", page()])
    #expect(outcome.output + outcome.errors == "")
    #expect(outcome.status == 0)
  }

  @Test("groff has no warnings", .enabled(if: isInstalled("/usr/bin/man")))
  func warnings() throws {
    let environment = [
      "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANPAGER": "cat", "MANWIDTH": "80",
    ]
    let outcome = try Child.run(
      "/usr/bin/man", ["--warnings", "-l", page()], environment: environment)
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
  }

  @Test("texts come out as they went in", .enabled(if: isInstalled("/usr/bin/mandoc")))
  func rendering() throws {
    let text = try rendered()
    for part in [
      "X-FERRY(1)", "User Commands", "x-ferry 1.2", "2026-08-01",
      "x-ferry - carry parcels over the river", "Before you start",
      ".Dot lines, 'quotes' and back\\slashes are text.", "(--json)", "TIDES.",
      ".Sh not a macro", "x-ferry load --crew 3 parcel.txt", "run [OPTIONS] -- COMMAND ...",
      "What rings; it's [loud]: $5", "echo \"$(x-ferry weather --json)\"", "-h, --help",
      "128+n", "ship(1), tide(7)", "@daily /opt/x-ferry load a",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test(
    "names of macros, dots, quotes and other scripts are text",
    .enabled(if: isInstalled("/usr/bin/mandoc")))
  func hostileTexts() throws {
    let text = "`No` `Op Fl` `.` `'` `\"a b\"` (`Sh`)x \\fB ~^ é `é€😀` `a\\b` …"
    let tool = Tool(
      name: "Sh", summary: "Fl \\fB \"x\" .",
      commands: [
        Command(
          "TH", section: "Op \"x\" é", summary: text,
          discussion: ".\n\n'\n\n    .\n    '\n    \\")
      ])
    let source = source(tool)
    #expect(source.utf8.count == source.unicodeScalars.count)
    let outcome = try Child.run("/usr/bin/mandoc", ["-T", "lint", "-W", "warning", page(tool)])
    #expect(outcome.output == "")
  }

  @Test("the sections are those of Linux's pages, in their order; topics are sections too")
  func sections() {
    let sections = source(sampleTool()).split(separator: "\n").filter { $0.hasPrefix(".SH ") }
      .map { $0.dropFirst(5).dropLast() }
    #expect(
      sections == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT",
        "FILES", "EXAMPLES", "CRON", "SEE ALSO",
      ])
    #expect(source(sampleTool()).contains("Scripts may rely on these.\n.TP\n"))
  }

  @Test(
    "a command and a topic have pages of their own", .enabled(if: isInstalled("/usr/bin/mandoc")))
  func subjects() throws {
    let tool = sampleTool(named: "x-ferry")
    let load = try rendered(about: #require(tool.subject(named: "load")))
    for part in [
      "X-FERRY-LOAD(1)", "x-ferry-load - take parcels aboard", "x-ferry load [OPTIONS] PARCEL ...",
      "--crew NUMBER", "--json", "the river is too high", "TIDES", "x-ferry(1)",
    ] {
      #expect(load.contains(part), "\(part)")
    }
    #expect(!load.contains("128+n"))
    let codes = try rendered(about: #require(tool.subject(named: "exit-codes")))
    for part in ["X-FERRY-EXIT-CODES(7)", "Scripts may rely on these.", "128+n"] {
      #expect(codes.contains(part), "\(part)")
    }
  }
}
