import CommandTable
import Foundation
import TestSupport
import Testing

@Suite("Completion in bash", .enabled(if: isInstalled(CompletionShell.bash.program)))
struct BashCompletionTests {
  /// Calls the function as readline would, with the words as bash breaks them.
  static func offers(_ words: [String]) throws -> Set<String> {
    let folder = harbour(.bash)
    let driver = """
      source ./script
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      [[ $(complete -p x-ferry) == *' -F _x_ferry '* ]] || exit 1
      _x_ferry x-ferry "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try Child.run(
      CompletionShell.bash.program, ["--norc", "-c", driver, "bash"] + words,
      environment: ["PATH": "\(folder.path):/usr/bin:/bin"], folder: folder.path)
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
    return Set(outcome.output.split(separator: "\n").map(String.init))
  }

  @Test("completes the value after an equals sign, which bash makes a word of its own")
  func equals() throws {
    #expect(try Self.offers(["x-ferry", "load", "--side", "="]) == ["port", "starboard"])
    #expect(try Self.offers(["x-ferry", "load", "--side", "=", "p"]) == ["port"])
    #expect(try Self.offers(["x-ferry", "--manifest", "=", "x", "we"]) == ["weather"])
    #expect(try Self.offers(["x-ferry", "load", "--side=p"]) == ["--side=port"])
  }

  @Test(
    "quotes the names of files and commands, so that Tab and Enter run nothing that is in them",
    arguments: [
      ("run -- odd", "run -- odd;touch ran"), ("run -- ./odd", "run -- ./odd;touch ran"),
      ("run -- cat odd", "run -- cat odd;touch ran"),
      ("load --bell odd", "load --bell odd;touch ran"),
      ("load --bell=./odd", "load --bell=./odd;touch ran"), ("load odd", "load odd;touch ran"),
      ("load --manifest=odd", "load --manifest=odd;touch ran"),
    ])
  func names(typed: String, expected: String) throws {
    let folder = harbour(.bash)
    folder.write("#!/bin/sh\n", to: "odd;touch ran", mode: 0o700)
    let keys = """
      source ./script; x-ferry() { echo "$*" > got; }
      x-ferry \(typed)\t

      """
    _ = try Child.run(
      CompletionShell.bash.program, ["--norc", "--noprofile", "-i"],
      environment: ["PATH": "\(folder.path):/usr/bin:/bin", "TERM": "dumb"], folder: folder.path,
      input: keys)
    #expect(folder.text("got")?.trimmingCharacters(in: .whitespacesAndNewlines) == expected)
    #expect(folder.text("ran") == nil)
  }

  @Test("offers no options after two dashes")
  func separator() throws { #expect(try Self.offers(["x-ferry", "load", "--", "--cr"]) == []) }
}
