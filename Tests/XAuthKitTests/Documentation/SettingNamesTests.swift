import CommandTable
import Foundation
import TestSupport
import Testing

@testable import XAuthKit

@Suite("Settings as they are documented")
struct SettingNamesTests {
  /// Read by `header` alone.
  private static let oauth1: Set = [
    "X_OAUTH_CONSUMER_KEY", "X_OAUTH_CONSUMER_SECRET", "X_OAUTH_ACCESS_TOKEN",
    "X_OAUTH_ACCESS_TOKEN_SECRET",
  ]
  private let documented = Set(SettingDoc.all.map(\.name))
  private let inFile = Set(SettingName.allCases.map(\.rawValue))

  @Test("every setting that a .env can have is in the table of settings")
  func tableIsComplete() {
    #expect(inFile.subtracting(documented) == [])
  }

  @Test("env.example names every setting that a .env can have, each once, and no other")
  func exampleNamesAll() throws {
    let names = try assignments().map(\.name)
    #expect(Set(names) == inFile)
    #expect(names.count == inFile.count)
  }

  @Test("env.example assigns nothing but blanks: the rest are comments")
  func exampleIsSafe() throws {
    for assignment in try assignments() where !assignment.isComment {
      #expect(assignment.value.isEmpty, "\(assignment.name)")
    }
  }

  @Test("env.example sets OAuth 1.0a apart, below all else")
  func oauth1IsApart() throws {
    let names = try assignments().map(\.name)
    #expect(Set(names.suffix(Self.oauth1.count)) == Self.oauth1)
  }

  @Test("the README's tables name every setting, each once, and no other")
  func readmeNamesAll() throws {
    let names = try readmeRows().map(\.name)
    #expect(Set(names) == documented)
    #expect(names.count == Set(names).count)
  }

  @Test("the README's defaults are those of the help")
  func readmeDefaults() throws {
    let rows = Dictionary(try readmeRows().map { ($0.name, $0.standard) }) { first, _ in first }
    for setting in SettingDoc.all {
      guard let standard = setting.defaultValue else { continue }
      #expect(rows[setting.name] == standard)
    }
  }

  @Test("env.example's commented values are the defaults of the help, where there are plain ones")
  func exampleDefaults() throws {
    let standards = Dictionary(
      uniqueKeysWithValues: SettingDoc.all.map { ($0.name, $0.defaultValue) })
    for assignment in try assignments() {
      guard let standard = standards[assignment.name].flatMap({ $0 }), !standard.contains(" ")
      else { continue }
      #expect(assignment.value == standard, "\(assignment.name)")
    }
  }

  private struct Assignment {
    let name: String
    let value: String
    let isComment: Bool
  }

  /// `NAME=value` and `#NAME=value`; a note has a space after its hash.
  private func assignments() throws -> [Assignment] {
    try Repository.text("env.example").split(separator: "\n").compactMap { line in
      let isComment = line.hasPrefix("#")
      let text = isComment ? line.dropFirst() : line
      guard !text.hasPrefix(" "), !text.hasPrefix("-"), let equals = text.firstIndex(of: "=") else {
        return nil
      }
      return Assignment(
        name: String(text[..<equals]), value: String(text[text.index(after: equals)...]),
        isComment: isComment)
    }
  }

  /// The rows of the tables under "Settings": the name in code, the default with its code marks off.
  private func readmeRows() throws -> [(name: String, standard: String)] {
    let readme = try Repository.text("README.md")
    let start = try #require(readme.range(of: "\n## Settings\n"))
    let section = readme[start.upperBound...]
    let end = section.range(of: "\n## ")?.lowerBound ?? section.endIndex
    return section[..<end].split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
      let cells = row.split(separator: "|", omittingEmptySubsequences: true).map {
        $0.trimmingCharacters(in: .whitespaces).replacingOccurrences(of: "`", with: "")
      }
      return (cells[0], cells[1])
    }
  }
}
