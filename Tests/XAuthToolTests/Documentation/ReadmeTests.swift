import CommandTable
import Foundation
import TableCheck
import TestSupport
import Testing

@testable import XAuthTool

@Suite("README, CONTRIBUTING, SECURITY and help topics")
struct ReadmeTests {
  private let tool = Tool.xauth(named: "xauth")
  private let blocks: [FencedBlock]

  init() throws { blocks = try FencedBlock.documented() }

  @Test("the README is for one reading")
  func readmeIsShort() throws {
    #expect(try Repository.text("README.md").utf8.count < 10_000)
  }

  @Test("every example has a language and a name of its own")
  func blocksAreNamed() {
    #expect(blocks.count > 10)
    #expect(blocks.allSatisfy { !$0.language.isEmpty && !$0.name.isEmpty })
    #expect(Set(blocks.map(\.name)).count == blocks.count)
  }

  @Test("every call of the tool in these files is one that the tool knows")
  func readmeCallsParse() {
    let lines = blocks.filter { $0.language != "text" }.flatMap(\.lines)
    #expect(problems(in: lines, atLeast: 10) == [])
  }

  @Test("every call of the tool in a help topic is one that the tool knows")
  func topicCallsParse() {
    let lines = tool.topics.flatMap { $0.text.split(separator: "\n").map(String.init) }
      .filter { $0.hasPrefix("  ") }
    #expect(problems(in: lines, atLeast: 20) == [])
  }

  @Test("the README's cron lines and units are those of the help")
  func cronAgrees() throws {
    let topic = try #require(tool.topic(named: "cron")).text
    for block in blocks where ["crontab", "ini"].contains(block.language) {
      for line in block.lines where !line.isEmpty {
        #expect(topic.contains("  \(line)\n"), "\(line)")
      }
    }
  }

  @Test("every message that `help errors` explains is one of the program's")
  func messagesExist() throws {
    let sources = try sourceText(in: "Sources/XAuthTool")
    let rows = try #require(tool.topic(named: "errors")).text.split(separator: "\n")
      .filter { $0.hasPrefix("- \"") }
    #expect(rows.count > 25)
    for row in rows {
      let message = row.split(separator: "\"")[1]
      #expect(sources.contains(message), "\(message)")
    }
  }

  @Test("the picture of the layout is the manifest's")
  func layoutAgrees() throws {
    let manifest = try Repository.text("Package.swift")
    let layout = try #require(blocks.first { $0.name == "layout" })
    let picture = manifest.split(separator: "\n").filter { $0.hasPrefix("//   ") }
    #expect(layout.lines.filter { !$0.isEmpty } == picture.map { String($0.dropFirst(5)) })
  }

  @Test("every link within the repository leads somewhere", arguments: Repository.documents)
  func linksLead(path: String) throws {
    let targets = try Repository.text(path).components(separatedBy: "](").dropFirst().compactMap {
      $0.split(separator: ")", maxSplits: 1).first.map(String.init)
    }
    #expect(!targets.isEmpty || path != "README.md")
    for target in targets {
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      let parts = target.split(separator: "#", maxSplits: 1)
      let file = "\(folder.isEmpty ? "" : "\(folder)/")\(parts[0])"
      #expect(FileManager.default.fileExists(atPath: "\(Repository.path)/\(file)"), "\(target)")
      guard parts.count > 1 else { continue }
      let headings = try Repository.text(file).split(separator: "\n").filter { $0.hasPrefix("#") }
        .map { $0.drop { $0 == "#" }.dropFirst().lowercased().replacing(" ", with: "-") }
      #expect(headings.contains(String(parts[1])), "\(target)")
    }
  }

  /// What is wrong with the calls in `lines`; finding fewer than `atLeast` is wrong too.
  private func problems(in lines: [String], atLeast: Int) -> [String] {
    let whole = lines.joined(separator: "\n").replacingOccurrences(of: "\\\n", with: "")
    let calls = whole.split(separator: "\n").flatMap {
      ShellLine(String($0)).calls(of: "xauth")
    }
    let complaints: [String] = calls.compactMap { arguments in
      do throws(UsageError) {
        _ = try tool.parse(arguments)
        return nil
      } catch {
        return "xauth \(arguments.joined(separator: " ")): \(error.message)"
      }
    }
    return complaints + (calls.count < atLeast ? ["only \(calls.count) calls"] : [])
  }

  /// The sources in `folder` without their comments.
  private func sourceText(in folder: String) throws -> String {
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(Repository.path)/\(folder)")
    let texts = try names.filter { $0.hasSuffix(".swift") }.map {
      try Repository.text("\(folder)/\($0)")
    }
    let lines = texts.flatMap { $0.split(separator: "\n") }
    return lines.filter { !$0.trimmingPrefix { $0 == " " }.hasPrefix("//") }
      .joined(separator: "\n")
  }
}
