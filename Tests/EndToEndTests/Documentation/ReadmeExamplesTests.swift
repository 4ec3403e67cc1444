import Foundation
import TestSupport
import Testing

@Suite("The examples of README and .github, run as they are written", .needsCheckout)
struct ReadmeExamplesTests {
  /// By the names of the blocks; `packageTrials` has those that install a Debian package.
  static let trials = [loginTrials, everyDayTrials, jobTrials, elsewhereTrials, scriptTrials]
    .reduce(into: [String: Trial]()) { $0.merge($1) { first, _ in first } }

  /// Blocks that nobody runs, and why.
  static let notRun = ["layout": "a picture: ReadmeTests holds it against the manifest"]

  @Test("every block is run here, or there is a reason why not; and no block is gone")
  func complete() throws {
    let shown = try FencedBlock.documented().map(\.name)
    let known = Array(Self.trials.keys) + Self.packageTrials.keys + Self.notRun.keys
    #expect(shown.sorted() == known.sorted())
  }

  @Test(
    "it does what is said of it", .enabled(if: ReaderMachine.isPossible, ReaderMachine.need),
    arguments: trials.keys.sorted())
  func trial(name: String) async throws {
    let trial = try #require(Self.trials[name])
    try await trial(Self.text(of: name))
  }

  /// Debian's own programs are needed, and a processor of the kind that the names of the files say.
  @Test(
    "it does what is said of it, to a whole system", .enabled(if: isDebianOnAMD64),
    .enabled(if: ReaderMachine.hasLayers, ReaderMachine.needOfLayers),
    arguments: packageTrials.keys.sorted())
  func packageTrial(name: String) async throws {
    let trial = try #require(Self.packageTrials[name])
    try await trial(Self.text(of: name))
  }

  private static let isDebianOnAMD64: Bool = {
    let outcome = try? Child.run("/usr/bin/dpkg", ["--print-architecture"])
    return outcome?.output == "amd64\n"
  }()

  /// What stands in the block of that name.
  static func text(of name: String) throws -> String {
    try #require(try FencedBlock.documented().first { $0.name == name }, "\(name)").text
  }

  /// The lines of it.
  static func lines(of name: String) throws -> [String] {
    try text(of: name).split(separator: "\n").map(String.init)
  }
}

/// Programs that a test may find on this machine.
enum Tools {
  static func has(_ name: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)")
  }
}
