import CommandTable
import TestSupport
import Testing

@Suite("Completion in every shell")
struct CompletionTests {
  @Test("offers what fits", arguments: CompletionShell.installed, Typed.cases)
  func cases(shell: CompletionShell, typed: Typed) throws {
    let offered = try shell.offers(typed.line)
    #expect(offered == typed.offers)
  }

  @Test("offers all commands at first", arguments: CompletionShell.installed)
  func commands(shell: CompletionShell) throws {
    let offered = try shell.offers(["x-ferry", ""])
    #expect(offered == ["load", "weather", "run", "completion", "help", "version"])
  }
}

extension CompletionShell {
  /// Those of the shells that are on this machine.
  static let installed = allCases.filter { isInstalled($0.program) }

  /// Where the shell is.
  var program: String { self == .bash ? "/bin/bash" : "/usr/bin/\(rawValue)" }

  /// What the shell offers after these words, the last of which is being typed.
  fileprivate func offers(_ words: [String]) throws -> Set<String> {
    switch self {
    case .bash: try BashCompletionTests.offers(words)
    case .fish: try FishCompletionTests.offers(words)
    case .zsh: try ZshCompletionTests.offers(words)
    }
  }
}

/// What is typed before the cursor, and what the shell should then offer.
struct Typed: Sendable, CustomTestStringConvertible {
  let line: [String]
  let offers: Set<String>
  var testDescription: String { line.joined(separator: " ") }

  init(_ line: String, _ offers: String...) {
    self.line = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    self.offers = Set(offers)
  }

  /// What all three shells do alike.
  static let cases = [
    Typed("x-ferry we", "weather"),
    Typed("x-ferry --manifest load we", "weather"),
    Typed("x-ferry --json l", "load"),
    Typed("x-ferry load --cr", "--crew"),
    Typed("x-ferry load --man", "--manifest"),
    Typed("x-ferry load --be", "--bell"),
    Typed("x-ferry load --bell ferry-te", "ferry-test-command"),
    Typed("x-ferry load --side ", "port", "starboard"),
    Typed("x-ferry load --side st", "starboard"),
    Typed("x-ferry load --wait 7", "75m"),
    Typed("x-ferry load --flags r", "red", "rust"),
    Typed("x-ferry load par", "parcel one.txt", "parcel.txt"),
    Typed("x-ferry load parcel.txt --manifest par", "parcel one.txt", "parcel.txt"),
    Typed("x-ferry completion ", "bash", "fish", "zsh"),
    Typed("x-ferry completion zsh "),
    Typed("x-ferry weather g", "glass"),
    Typed("x-ferry weather eye g"),
    Typed("x-ferry help cro", "cron"),
    Typed("x-ferry help we", "weather"),
    Typed("x-ferry run --w", "--wet"),
    Typed("x-ferry run -- ferry-te", "ferry-test-command"),
    Typed("x-ferry run ferry-te", "ferry-test-command"),
    Typed("x-ferry run -- cat par", "parcel one.txt", "parcel.txt"),
  ]
}

/// A folder with things to complete, the script among them.
func harbour(_ shell: CompletionShell) -> TemporaryFolder {
  let folder = TemporaryFolder()
  folder.write("", to: "parcel.txt")
  folder.write("", to: "parcel one.txt")
  folder.write("#!/bin/sh\n", to: "ferry-test-command", mode: 0o700)
  folder.write(shell.script(completing: sampleTool(named: "x-ferry")), to: "script")
  return folder
}
