import CommandTable
import Foundation
import TestSupport

@testable import XAuthTool

/// What is typed before the cursor, and what the table says that can follow.
struct CompletionQuery: Sendable {
  let line: String
  let offers: Set<String>

  static let tool = Tool.xauth(named: "xauth")

  /// All that can be asked of the table: the commands, the options of each, and every value that it
  /// knows the choices of.
  static let all =
    [CompletionQuery(line: "xauth ", offers: Set(tool.commands.map(\.name)))]
    + tool.commands.flatMap(queries) + behindCommonOptions

  /// An option that every command has says nothing about where the command's own can stand.
  private static let behindCommonOptions = [
    CompletionQuery(line: "xauth refresh --json --forc", offers: ["--force"]),
    CompletionQuery(line: "xauth --json refresh --forc", offers: ["--force"]),
    CompletionQuery(line: "xauth export --env-file x --form", offers: ["--format"]),
    CompletionQuery(
      line: "xauth export --quiet --format ", offers: ["dotenv", "shell", "json", "github-env"]),
    CompletionQuery(line: "xauth help --json exit", offers: ["exit-codes"]),
    CompletionQuery(line: "xauth exec --quiet -- command-of", offers: ["command-of-ours"]),
    CompletionQuery(line: "xauth exec --quiet -- command-of-ours sett", offers: files),
  ]
  private static let files: Set = ["settings.env", "settings two.env"]

  private static func queries(about command: Command) -> [CompletionQuery] {
    let call = "xauth \(command.name)"
    let options = command.options + tool.commonOptions
    let names = options.map { "--\($0.name)" } + ["--help", "--version"]
    let values = options.compactMap { option in
      option.value.flatMap { offers(for: $0.kind) }.map {
        CompletionQuery(line: "\(call) --\(option.name) \($0.begin)", offers: $0.offers)
      }
    }
    let operands = command.operands.first.flatMap { offers(for: $0.kind) }.map {
      [CompletionQuery(line: "\(call) \($0.begin)", offers: $0.offers)]
    }
    return [CompletionQuery(line: "\(call) --", offers: Set(names))] + values + (operands ?? [])
  }

  /// What of such a value the shell should offer, and how it is begun.
  private static func offers(for kind: ValueKind) -> (begin: String, offers: Set<String>)? {
    switch kind {
    case .choice(let choices): ("", Set(choices))
    case .topic: ("", Set(tool.commands.map(\.name) + tool.topics.map(\.name)))
    case .file: ("settings", files)
    case .command, .commandLine: ("command-of", ["command-of-ours"])
    case .list(let words): ("", Set(words))
    case .seconds: ("", ["10m", "30m", "45m", "75m", "2h"])
    case .text, .port: nil
    }
  }

  /// A folder with what the queries are about: the script, the lines, files, a command.
  static func stage(_ shell: CompletionShell) throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    folder.write(shell.script(completing: tool), to: "script")
    folder.write(all.map { "\($0.line)\n" }.joined(), to: "lines")
    for name in ["settings.env", "settings two.env"] { folder.write("", to: name) }
    folder.write("#!/bin/sh\n", to: "command-of-ours", mode: 0o700)
    return folder
  }
}
