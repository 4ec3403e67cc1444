import CommandTable
import Foundation
import TableCheck
import TestSupport
import Testing

@testable import XAuthTool

@Suite("README and help topics")
struct ReadmeTests {
  private let tool = Tool.xauth(named: "xauth")
  private let readme: String
  private let blocks: [FencedBlock]

  init() throws {
    readme = try Repository.text("README.md")
    blocks = FencedBlock.all(in: readme)
  }

  @Test("every example has a language and a name of its own")
  func blocksAreNamed() {
    #expect(blocks.count > 20)
    #expect(blocks.allSatisfy { !$0.language.isEmpty && !$0.name.isEmpty })
    #expect(Set(blocks.map(\.name)).count == blocks.count)
  }

  @Test("every call of the tool in the README is one that the tool knows")
  func readmeCallsParse() {
    let lines = blocks.filter { $0.language != "text" }.flatMap(\.lines)
    #expect(problems(in: lines, atLeast: 20) == [])
  }

  @Test("every call of the tool in a help topic is one that the tool knows")
  func topicCallsParse() {
    let lines = tool.topics.flatMap { $0.text.split(separator: "\n").map(String.init) }
      .filter { $0.hasPrefix("  ") }
    #expect(problems(in: lines, atLeast: 6) == [])
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

  @Test("every message that the README explains is one of the program's")
  func messagesExist() throws {
    let sources = try sourceText("Sources/XAuthTool")
    let rows = try section("When it says …").split(separator: "\n")
      .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") && !$0.hasPrefix("| message") }
    let messages = rows.map {
      $0.split(separator: "|")[0].trimmingCharacters(in: .whitespaces)
    }.filter { !$0.hasPrefix("X's page") }
    #expect(messages.count > 15)
    for message in messages { #expect(sources.contains(message), "\(message)") }
  }

  @Test("the picture of the layout is the manifest's")
  func layoutAgrees() throws {
    let manifest = try Repository.text("Package.swift")
    let layout = try #require(blocks.first { $0.name == "layout" })
    let picture = manifest.split(separator: "\n").filter { $0.hasPrefix("//   ") }
    #expect(layout.lines.filter { !$0.isEmpty } == picture.map { String($0.dropFirst(5)) })
  }

  @Test("every link within the repository leads somewhere")
  func linksLead() throws {
    let anchors = Set(
      readme.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
        String(
          heading.drop { $0 == "#" || $0 == " " }.lowercased().filter {
            $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_"
          }.map { $0 == " " ? "-" : $0 })
      })
    let targets = readme.components(separatedBy: "](").dropFirst().compactMap {
      $0.split(separator: ")", maxSplits: 1).first.map(String.init)
    }
    #expect(targets.count > 5)
    for target in targets {
      if target.hasPrefix("#") {
        #expect(anchors.contains(String(target.dropFirst())), "\(target)")
      } else {
        #expect(FileManager.default.fileExists(atPath: "\(Repository.path)/\(target)"))
      }
    }
  }

  /// What is wrong with the calls in `lines`; finding fewer than `atLeast` is wrong too.
  private func problems(in lines: [String], atLeast: Int) -> [String] {
    let calls = lines.flatMap { ShellLine($0).calls(of: "xauth") }
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

  private func section(_ heading: String) throws -> Substring {
    let start = try #require(readme.range(of: "\n## \(heading)\n"))
    let rest = readme[start.upperBound...]
    return rest[..<(rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex)]
  }

  /// The sources in `folder` without their comments.
  private func sourceText(_ folder: String) throws -> String {
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(Repository.path)/\(folder)")
    let texts = try names.filter { $0.hasSuffix(".swift") }.map {
      try Repository.text("\(folder)/\($0)")
    }
    let lines = texts.flatMap { $0.split(separator: "\n") }
    return lines.filter { !$0.trimmingPrefix { $0 == " " }.hasPrefix("//") }
      .joined(separator: "\n")
  }
}
