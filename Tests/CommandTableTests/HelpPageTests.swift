import CommandTable
import Testing

@Suite("Help")
struct HelpPageTests {
  private let tool = sampleTool(named: "x-ferry")

  private func page(_ name: String, width: Int = 80, isBold: Bool = false) throws -> String {
    HelpPage(tool, about: try #require(tool.subject(named: name)), width: width, isBold: isBold)
      .text
  }

  @Test("the overview lists commands under their headings, common options and topics")
  func overview() {
    #expect(
      HelpPage(tool).text == """
        x-ferry: carry parcels over the river

        Usage:
          x-ferry COMMAND [OPTIONS]

        Carry:
          load         take parcels aboard
          run          row under another command

        Look:
          weather      look at the sky
          completion   print a completion script
          help         explain a command or a topic
          version      print the version

        Options for every command:
          --manifest PATH  Where the parcels are listed (or $FERRY_MANIFEST)
          --json           Print JSON
          -h, --help       Show help: a screenful with -h, everything with --help
          --version        Show the version

        Topics:
          exit-codes   what scripts can tell
          environment  what is read from the environment
          files        where things are
          cron         ferries at night

        'x-ferry help NAME' explains a command or a topic.

        """)
  }

  @Test("a command's page says all that the table knows of it")
  func command() throws {
    #expect(
      try page("load") == """
        x-ferry load: take parcels aboard

        Usage:
          x-ferry load [OPTIONS] PARCEL...

        Weighs every parcel first. 'x-ferry weather' says when.

        Arguments:
          PARCEL  What to carry

        Options:
          --crew NUMBER    How many row (one of 2, 3, 4; default 2)
          --wait DURATION  How long to wait for the tide before the parcels are carried
                           back to the shed (default 75m)
          --note TEXT      Write on the parcel (may be repeated)
          --side SIDE      Where to put it (one of port, starboard)
          --bell COMMAND   What rings; it's [loud]: $5
          --flags LIST     What to fly
          --force          In any weather

        Options for every command:
          --manifest PATH  Where the parcels are listed (or $FERRY_MANIFEST)
          --json           Print JSON
          -h, --help       Show help: a screenful with -h, everything with --help
          --version        Show the version

        Environment:
          TIDES  The table of tides; without it, x-ferry waits.

        Examples:
          Carry one parcel with three rowers:
              x-ferry load --crew=3 a.txt && echo done

          Ask about the weather:
              echo "$(x-ferry weather --json)"

        Exit codes:
          0   done
          2   the command line is wrong
          75  the river is too high: try again later

        """)
  }

  @Test("with -h the tool's page and a command's fit on a screen")
  func brief() throws {
    #expect(
      HelpPage(tool, isBrief: true).text == """
        x-ferry: carry parcels over the river

        Usage: x-ferry COMMAND [OPTIONS]

          load        take parcels aboard
          weather     look at the sky
          run         row under another command
          completion  print a completion script
          help        explain a command or a topic
          version     print the version

        Begin with 'x-ferry help files'. 'x-ferry COMMAND -h' shows a command,
        'x-ferry --help' everything.

        """)
    let load = try #require(tool.subject(named: "load"))
    #expect(
      HelpPage(tool, about: load, isBrief: true).text == """
        x-ferry load: take parcels aboard

        Usage: x-ferry load [OPTIONS] PARCEL...

          --crew NUMBER    How many row
          --wait DURATION  How long to wait for the tide before the parcels are carried
                           back to the shed
          --note TEXT      Write on the parcel
          --side SIDE      Where to put it
          --bell COMMAND   What rings; it's [loud]: $5
          --flags LIST     What to fly
          --force          In any weather

          $ x-ferry load --crew=3 a.txt && echo done
          $ echo "$(x-ferry weather --json)"

        'x-ferry load --help' explains it, with the options that every command takes.

        """)
  }

  @Test("another program's command line is shown after two dashes")
  func commandLineUsage() throws {
    #expect(try page("run").contains("  x-ferry run [OPTIONS] -- COMMAND...\n"))
  }

  @Test("topics show their text, their lines as they are, and their part of the table")
  func topics() throws {
    #expect(
      try page("cron") == """
        cron: ferries at night

        From cron:

            @daily /opt/x-ferry load a

        """)
    #expect(
      try page("environment") == """
        environment: what is read from the environment

          FERRY_MANIFEST  The list of parcels (default ./manifest)
          TIDES           The table of tides; without it, x-ferry waits.

        """)
    #expect(try page("exit-codes").contains("\n  128+n  ended by signal n\n"))
  }

  @Test("only headings are bold, and only when asked for")
  func style() throws {
    let styled = try page("load", isBold: true)
    #expect(styled.contains("\u{1B}[1mOptions:\u{1B}[0m\n"))
    let plain = styled.split(separator: "\u{1B}[1m", omittingEmptySubsequences: false).joined()
      .split(separator: "\u{1B}[0m", omittingEmptySubsequences: false).joined()
    #expect(try plain == page("load"))
  }

  @Test("lines fit the terminal, and 88 columns at most", arguments: [44, 60, 80, 88, 300])
  func width(width: Int) throws {
    for name in ["load", "environment", "help"] {
      let lines = try page(name, width: width).split(separator: "\n")
      // What is to be copied, and the usage, is not broken.
      let flowing = lines.filter { !$0.hasPrefix("      ") && !$0.contains("Usage") }
      #expect(flowing.allSatisfy { $0.count <= min(width, 88) })
      #expect(lines.allSatisfy { $0.last != " " })
    }
    #expect(try page("load", width: 300) == page("load", width: 88))
  }

  @Test("absurd widths still give a page", arguments: [Int.min, -1, 0, 1, 33])
  func absurdWidth(width: Int) throws {
    #expect(try page("load", width: width).contains("--force"))
  }

  @Test("prose has headings, lists whose items continue, and code that isn't broken")
  func prose() {
    let text = """
      One paragraph
      of two lines, `with code
      over both`.
      # Heading
      - first
      - second
        item

          as  it is
            indented

            after an empty line
      """
    let topic = HelpTopic("t", summary: "s", text: text)
    let page = HelpPage(tool, about: .topic(topic), width: 40).text
    #expect(
      page == """
        t: s

        One paragraph of two lines,
        'with code over both'.

        Heading

        - first
        - second item

            as  it is
              indented

              after an empty line

        """)
  }

  @Test("there is no page about what doesn't exist")
  func unknownSubject() { #expect(tool.subject(named: "nothing") == nil) }
}
