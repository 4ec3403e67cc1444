import CommandTable
import Foundation
import TestSupport
import Testing

@Suite("Completion of the real table in the real shells")
struct CompletionTests {
  @Test("bash", .enabled(if: isInstalled("/bin/bash")))
  func bash() throws {
    try compare(
      .bash, "/bin/bash", ["--norc", "-c"],
      """
      source ./script
      while IFS= read -r line; do
        read -ra COMP_WORDS <<<"$line"
        [[ $line != *' ' ]] || COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _xauth xauth "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "$line" "${COMPREPLY[@]/#/    }" >>offered
      done <lines
      """)
  }

  @Test("fish", .enabled(if: isInstalled("/usr/bin/fish")))
  func fish() throws {
    try compare(
      .fish, "/usr/bin/fish", ["--no-config", "-c"],
      """
      source ./script
      while read -l line
        printf '%s\\n' "$line" >>offered
        complete -C "$line" | string replace -r '\\t.*' '' | string replace -r '^' '    ' >>offered
      end <lines
      """)
  }

  @Test("zsh", .enabled(if: isInstalled("/usr/bin/zsh")))
  func zsh() throws {
    try compare(
      .zsh, "/usr/bin/zsh", ["-f", "-c"],
      """
      zmodload zsh/zpty zsh/zselect
      wait_for() {
        local i out
        for ((i = 0; i < 2000; i++)); do
          [[ -e $1 ]] && return
          zpty -r -t inner out; zselect -t 1
        done
        exit 1
      }
      zpty inner zsh -f -i
      zpty -w inner 'source ./session'
      wait_for ready
      zpty -w -n inner $'\\t'
      wait_for finished
      zpty -d inner
      """, session: Self.session)
  }

  /// In the zsh at the terminal Tab completes every line, and what `compadd` is given is written down.
  private static let session = """
    autoload -Uz compinit && compinit -u -D
    source ./script
    zstyle ':completion:*' completer _complete
    compadd() {
      local -a found
      if [[ ${@[(I)-[OAD]*]} -eq 0 ]]; then
        builtin compadd -O found "$@"
        (( $#found )) && print -rl -- "    "${^found} >>offered
      fi
      builtin compadd "$@"
    }
    complete-all() {
      local line
      for line in ${(f)"$(<lines)"}; do
        print -r -- $line >>offered
        BUFFER=$line CURSOR=$#line
        zle list-choices
      done
      BUFFER=
      : >finished
    }
    zle -N complete-all
    bindkey '^I' complete-all
    : >ready
    """

  /// Has the shell complete every line, and compares what it offers with the table.
  private func compare(
    _ shell: CompletionShell, _ program: String, _ arguments: [String], _ driver: String,
    session: String = ""
  ) throws {
    let folder = try CompletionQuery.stage(shell)
    folder.write(session, to: "session")
    let outcome = try Child.run(
      program, arguments + [driver],
      environment: [
        "PATH": "\(folder.path):/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
      ], folder: folder.path)
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    #expect(outcome.errors == "")
    let offered = offers(in: folder.text("offered") ?? "")
    #expect(Set(offered.keys) == Set(CompletionQuery.all.map(\.line)))
    for query in CompletionQuery.all {
      #expect(offered[query.line] == query.offers, "\(query.line)")
    }
  }

  /// What was offered for each line: the lines under it that begin with blanks.
  private func offers(in text: String) -> [String: Set<String>] {
    var offers: [String: Set<String>] = [:]
    var line = ""
    for row in text.split(separator: "\n") {
      guard row.hasPrefix("    ") else {
        line = String(row)
        offers[line] = offers[line] ?? []
        continue
      }
      // Quoted as the shell would insert it; fish marks folders with a slash, zsh aligns with blanks.
      let word = row.filter { $0 != "\\" }.drop { $0 == " " }
      if !word.isEmpty { offers[line]?.insert(String(word.last == "/" ? word.dropLast() : word)) }
    }
    return offers
  }
}
