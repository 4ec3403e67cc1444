import DotEnv
import Foundation
import TestSupport
import Testing

@Suite("What other readers make of a value that was set")
struct DotEnvInteropTests {
  private static let values = [
    "", "dGVzdC10b2tlbg==", "1/fFAGRNJru1FTz70BzhT3Zg.-_~+/=", "AAAA%2Bzz%3D:1:at:1", "a b",
    " a  b ",
    "#a", "a #b", "a#b", "it's", "say \"hi\"", "`id`", "$(id)", "$HOME", "a$", "a{b}",
    #"C:\new\table"#,
    #"a\$b"#, "~/x", "a:~/x", "=x", "a=b", "export X=1", "*", "a;b&c|d<e>(f)", "!x", "[a]", "\tx\t",
    "\u{E9}\u{65E5}\u{672C}", "\u{1F600}e\u{301}", "a\u{A0}b", "a\u{2028}b", "\u{FEFF}a",
  ].filter { DotEnvChange("KEY", $0, origin: .person).isPortable }

  /// A file with every value in three places: after `export`, before a comment, and appended.
  private static func file() throws -> String {
    var text = "# it's a comment\nNOTE='a\nV0=no\n'\n"
    for index in values.indices {
      text += "export V\(index)=\"old\nvalue\"\nC\(index)=old # it's \"kept\"\n"
    }
    let changes = values.enumerated().flatMap { index, value in
      ["V", "C", "N"].map { DotEnvChange("\($0)\(index)", value, origin: .person) }
    }
    return try DotEnvDocument(text: text).setting(changes).text
  }

  private static let expected = Dictionary(
    uniqueKeysWithValues: values.enumerated().flatMap { index, value in
      ["V", "C", "N"].map { ("\($0)\(index)", value) }
    })

  @Test("python-dotenv reads it back", .enabled(if: python != nil))
  func pythonDotenv() throws {
    try expectReadBack(
      try #require(Self.python),
      ["-c", "import json, dotenv; print(json.dumps(dotenv.dotenv_values('.env')))"])
  }

  @Test("node --env-file reads it back", .enabled(if: node != nil))
  func nodeEnvFile() throws {
    try expectReadBack(
      try #require(Self.node),
      ["--env-file=.env", "-e", "console.log(JSON.stringify(process.env))"])
  }

  @Test("node's util.parseEnv reads it back", .enabled(if: node != nil))
  func nodeParseEnv() throws {
    let script = """
      const text = require('node:fs').readFileSync('.env', 'utf8');
      console.log(JSON.stringify(require('node:util').parseEnv(text)));
      """
    try expectReadBack(try #require(Self.node), ["-e", script])
  }

  @Test("bash reads it back", .enabled(if: bash != nil))
  func bashSource() throws {
    let folder = TemporaryFolder()
    folder.write(try Self.file(), to: ".env")
    let outcome = try Child.run(
      try #require(Self.bash), ["-c", "set -ae; . ./.env; exec env -0"],
      environment: ["PATH": "/usr/bin:/bin"], folder: folder.path)
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let pairs = outcome.output.split(separator: "\0").map {
      $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    }
    expectEqual(Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) }))
  }

  private func expectReadBack(_ program: String, _ arguments: [String]) throws {
    let folder = TemporaryFolder()
    folder.write(try Self.file(), to: ".env")
    let outcome = try Child.run(
      program, arguments, environment: ["PYTHONUTF8": "1"], folder: folder.path)
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    expectEqual(try JSONDecoder().decode([String: String].self, from: Data(outcome.output.utf8)))
  }

  /// Compares bytes: to Swift "é" in NFC and NFD are equal.
  private func expectEqual(_ read: [String: String]) {
    for (key, value) in Self.expected {
      #expect(read[key].map { Array($0.utf8) } == Array(value.utf8), "\(key) is \(value)")
    }
  }

  /// A Python that has python-dotenv.
  private static let python = ProcessInfo.processInfo.environment["XAUTH_TEST_PYTHON"]
    .flatMap { $0.isEmpty ? nil : $0 }
  private static let node = program("node")
  private static let bash = program("bash")

  /// The absolute path of `name`, nil when it isn't on PATH.
  private static func program(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
  }
}
