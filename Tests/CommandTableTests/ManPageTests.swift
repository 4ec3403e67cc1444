import CommandTable
import TestSupport
import Testing

@Suite("The man page")
struct ManPageTests {
  private let folder = TemporaryFolder()

  private func page(_ tool: Tool = sampleTool(named: "x-ferry")) -> String {
    folder.write(ManPage(tool, date: "August 1, 2026").text, to: "page.1")
  }

  private func rendered() throws -> String {
    let outcome = try Child.run("/usr/bin/mandoc", ["-T", "utf8", "-O", "width=78", page()])
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
      "carry parcels over the river", "Before you start",
      ".Dot lines, 'quotes' and back\\slashes are text.", "(--json)", "TIDES.",
      ".Sh not a macro", "x-ferry load --crew 3 parcel.txt", "run [--wet] -- COMMAND ...",
      "What rings; it's [loud]: $5", "echo \"$(x-ferry weather --json)\"", "-h, --help",
      "Exits with 0, 2 or 75.", "128+n", "@daily /opt/x-ferry load a",
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
          "Nm", section: "Op \"x\" é", summary: text,
          discussion: ".\n\n'\n\n    .\n    '\n    \\")
      ])
    let source = ManPage(tool, date: "August 1, 2026").text
    #expect(source.utf8.count == source.unicodeScalars.count)
    let outcome = try Child.run("/usr/bin/mandoc", ["-T", "lint", "-W", "warning", page(tool)])
    #expect(outcome.output == "")
  }

  @Test("topics are sections, where mdoc has a place for them there")
  func topics() {
    let topics = ["security", "ci", "exit-codes", "files"].map {
      HelpTopic(
        $0, summary: "s", text: "About \($0).", listing: $0 == "exit-codes" ? .exitCodes : nil)
    }
    let tool = Tool(
      name: "t", summary: "s", commands: [], exitCodes: [ExitCodeDoc(0, "done")], topics: topics)
    let source = ManPage(tool, date: "August 1, 2026").text
    let sections = source.split(separator: "\n").filter { $0.hasPrefix(".Sh ") }.map {
      $0.dropFirst(4)
    }
    #expect(
      sections.suffix(4) == ["FILES", "EXIT STATUS", "\\&CI", "\"SECURITY CONSIDERATIONS\""])
    #expect(source.contains("About exit-codes.\n.Bl"))
  }
}
