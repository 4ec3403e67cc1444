import CommandTable
import Foundation
import TestSupport
import Testing

@testable import XAuthTool

@Suite("Settings as they are documented")
struct SettingNamesTests {
  private let documented = Set(SettingDoc.all.map(\.name))
  private let inFile = Set(SettingName.allCases.map(\.rawValue))

  @Test("the help lists every setting once: those of a .env, then those of the environment alone")
  func helpNamesAll() {
    let names = SettingDoc.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Set(names.prefix(inFile.count)) == inFile)
    #expect(inFile.isDisjoint(with: SettingDoc.environmentOnly.map(\.name)))
  }

  @Test("the groups are those that travel together, in the order in which they are written")
  func groups() {
    #expect(
      SettingName.grant.map(\.rawValue) == [
        "X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN", "X_OAUTH2_EXPIRES_AT",
        "X_OAUTH2_GRANTED_SCOPES",
      ])
    #expect(
      SettingName.oauth1.map(\.rawValue) == [
        "X_OAUTH_CONSUMER_KEY", "X_OAUTH_CONSUMER_SECRET", "X_OAUTH_ACCESS_TOKEN",
        "X_OAUTH_ACCESS_TOKEN_SECRET",
      ])
  }

  @Test("secret are the client secret, both tokens, and of OAuth 1.0a all but the consumer key")
  func secrets() {
    #expect(
      Set(SettingName.secrets) == [
        "CLIENT_SECRET", "X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN",
        "X_OAUTH_CONSUMER_SECRET", "X_OAUTH_ACCESS_TOKEN", "X_OAUTH_ACCESS_TOKEN_SECRET",
      ])
  }

  @Test("an option that wins over a setting is one of login's, which names it and has its default")
  func options() throws {
    let settings = SettingName.allCases.filter { $0.row.option != nil }
    #expect(settings.count == 4)
    for setting in settings {
      let options = LoginCommand.row(for: "xauth").options
      let value = try #require(options.first { $0.name == setting.row.option }?.value)
      #expect(value.environment == setting.rawValue)
      guard let standard = value.defaultValue else { continue }
      #expect(DurationText.seconds(standard) == setting.row.standard.flatMap { Int($0) })
    }
  }

  @Test("what is said of a timeout that can't be used are the real limits and the real default")
  func timeout() {
    let setting = Setting(name: .callbackTimeout, text: "2d", source: .environment)
    let report = SettingsFailure.timeoutOutOfRange(setting).report
    #expect(report.message.hasSuffix("is not a duration from 1s to 1d"))
    #expect(DurationText.seconds("1d") == CallbackSettings.longestTimeout)
    #expect(report.hint?.text(tool: "xauth").hasSuffix("leave it out for 5 minutes") == true)
    #expect(CallbackSettings.standardTimeout == 5 * 60)
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
    #expect(Set(names.suffix(4)) == Set(SettingName.oauth1.map(\.rawValue)))
  }

  @Test("the README's table names settings that there are, each once")
  func readmeNames() throws {
    let names = try readmeRows().map(\.name)
    #expect(names.count > 5 && names.count < 12)
    #expect(Set(names).isSubset(of: documented))
    #expect(names.count == Set(names).count)
  }

  @Test("env.example names no variable that is read from the environment alone, but in a note")
  func exampleNotes() throws {
    let note = try #require(
      try Repository.text("env.example").components(separatedBy: "\n\n")
        .first { $0.hasPrefix("# Read from the process environment only") })
    for name in SettingDoc.environmentOnly.map(\.name).prefix(6) { #expect(note.contains(name)) }
  }

  @Test("the README's defaults are those of the help")
  func readmeDefaults() throws {
    for row in try readmeRows() {
      let setting = try #require(SettingDoc.all.first { $0.name == row.name })
      #expect(row.standard == setting.defaultValue ?? "")
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
