import CommandTable
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

  @Test("offers no options after two dashes")
  func separator() throws { #expect(try Self.offers(["x-ferry", "load", "--", "--cr"]) == []) }
}
