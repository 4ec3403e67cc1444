import CommandTable
import TestSupport
import Testing

@Suite("Completion in bash", .enabled(if: isInstalled("/bin/bash")))
struct BashCompletionTests {
  /// Calls the function as readline would, with the words as bash breaks them.
  private func offers(_ words: [String]) throws -> Set<String> {
    let folder = harbour(.bash)
    let driver = """
      source ./script
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      [[ $(complete -p x-ferry) == *' -F _x_ferry '* ]] || exit 1
      _x_ferry x-ferry "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try Child.run(
      "/bin/bash", ["--norc", "-c", driver, "bash"] + words,
      environment: ["PATH": "\(folder.path):/usr/bin:/bin"], folder: folder.path)
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
    return Set(outcome.output.split(separator: "\n").map(String.init))
  }

  @Test("offers what fits", arguments: Typed.cases)
  func cases(typed: Typed) throws {
    let offered = try offers(typed.line)
    #expect(offered == typed.offers)
  }

  @Test("offers all commands at first")
  func commands() throws { #expect(try offers(["x-ferry", ""]) == Set(Typed.commands)) }

  @Test("completes the value after an equals sign, which bash makes a word of its own")
  func equals() throws {
    #expect(try offers(["x-ferry", "load", "--side", "="]) == ["port", "starboard"])
    #expect(try offers(["x-ferry", "load", "--side", "=", "p"]) == ["port"])
    #expect(try offers(["x-ferry", "--manifest", "=", "x", "we"]) == ["weather"])
    #expect(try offers(["x-ferry", "load", "--side=p"]) == ["--side=port"])
  }

  @Test("offers no options after two dashes")
  func separator() throws { #expect(try offers(["x-ferry", "load", "--", "--cr"]) == []) }
}
