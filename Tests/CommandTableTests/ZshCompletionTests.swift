import CommandTable
import TestSupport
import Testing

@Suite("Completion in zsh", .enabled(if: isInstalled(CompletionShell.zsh.program)))
struct ZshCompletionTests {
  /// Presses Tab in an interactive zsh on a terminal of its own, and reads what the completion
  /// system was given to offer.
  static func offers(_ words: [String], loading: String = sourced) throws -> Set<String> {
    let folder = harbour(.zsh)
    folder.write("\(loading)\n\(session)", to: "session")
    folder.write(driver, to: "driver")
    let outcome = try Child.run(
      CompletionShell.zsh.program, ["-f", "./driver", words.joined(separator: " ")],
      environment: [
        "PATH": "\(folder.path):/usr/bin:/bin", "HOME": folder.path, "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
      ], folder: folder.path)
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    let offered = (folder.text("offered") ?? "").split(separator: "\n").map { line in
      line.filter { $0 != "\\" }
    }
    // Where nothing else fits, zsh offers the options unasked.
    let wantsOptions = words.last?.first == "-"
    return Set(offered.filter { wantsOptions || $0.first != "-" })
  }

  private static let sourced = "autoload -Uz compinit && compinit -u -D; source ./script"
  private static let autoloaded =
    "mv script _x-ferry; fpath=($PWD $fpath); autoload -Uz compinit && compinit -u -D"

  /// Set up in the inner shell: `compadd` also writes down what matches.
  private static let session = """
    zstyle ':completion:*' completer _complete
    compadd() {
      local -a found
      if [[ ${@[(I)-[OAD]*]} -eq 0 ]]; then
        builtin compadd -O found "$@"
        (( $#found )) && print -rl -- $found >> offered
      fi
      builtin compadd "$@"
    }
    finish() { : > finished }
    zle -N complete-and-finish
    complete-and-finish() { zle complete-word; finish }
    bindkey '^I' complete-and-finish
    : > ready
    """

  private static let driver = """
    zmodload zsh/zpty zsh/zselect
    zpty inner zsh -f -i
    zpty -w inner 'source ./session'
    wait_for() {
      local i out
      for ((i = 0; i < 1000; i++)); do
        [[ -e $1 ]] && return
        zpty -r -t inner out; zselect -t 1
      done
      exit 1
    }
    wait_for ready
    zpty -w -n inner "$1"$'\\t'
    wait_for finished
    zpty -d inner
    """

  @Test("completes the value after an equals sign")
  func equals() throws { #expect(try Self.offers(["x-ferry", "load", "--side=p"]) == ["port"]) }

  @Test("works as well from a folder of fpath, at the first Tab")
  func autoload() throws {
    #expect(try Self.offers(["x-ferry", "we"], loading: Self.autoloaded) == ["weather"])
  }
}
