import CommandTable
import Foundation
import TableCheck
import Testing

@testable import XAuthTool

/// What people and scripts rely on, as files: a change of it shows in a review. `scripts/golden`
/// writes them anew.
@Suite("What the tool says of itself")
struct GoldenTests {
  private static let tool = Tool.xauth(named: "xauth")
  private static let isRewriting =
    ProcessInfo.processInfo.environment["REWRITE_GOLDENS"] == "1"
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden")

  private static let help: [(String, String)] = {
    let subjects =
      tool.commands.map { ($0.name, HelpSubject.command($0)) }
      + tool.topics.map { ($0.name, HelpSubject.topic($0)) }
    return ([("overview", .overview)] + subjects).map { name, subject in
      ("help/\(name).txt", HelpPage(tool, about: subject, width: 80).text)
    }
  }()

  private static let completions: [(String, String)] = CompletionShell.allCases.map { shell in
    ("completions/xauth.\(shell.rawValue)", shell.script(completing: tool))
  }

  /// What a program finds in `error`: the code, the exit code, and whether to try again later.
  private static let errors = (
    "errors.txt",
    Set(
      EveryFailure.all.map { report in
        "\(report.code) \(report.exit.rawValue)\(report.isRetryable ? " retryable" : "")\n"
      }
    ).sorted().joined()
  )

  private static let all =
    help + completions + [
      ("man/xauth.1", ManPage(tool, date: Release.date, release: Release.version).text),
      ("surface.txt", Surface(tool).text), errors, ("json.txt", JSONSurface.text),
    ]

  @Test("the table has no mistakes")
  func problems() { #expect(Self.tool.problems() == []) }

  @Test("every text is as it was", arguments: all.map(\.0))
  func golden(path: String) throws {
    let text = try #require(Self.all.first { $0.0 == path }?.1)
    let file = Self.folder.appendingPathComponent(path)
    if Self.isRewriting {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = try? String(contentsOf: file, encoding: .utf8)
    #expect(text == golden, "scripts/golden writes it anew")
  }

  @Test("no golden is left of what is gone", .disabled(if: isRewriting))
  func leftovers() throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path)
    let files = paths.filter { $0.contains(".") }
    #expect(Set(files) == Set(Self.all.map(\.0)))
  }
}
