import Foundation
import TestSupport
import Testing

@Suite("completion, end to end")
struct CompletionScriptTests {
  private let folder = TemporaryFolder()

  private func run(_ shell: String, _ arguments: [String]) throws -> String {
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("xauth"), withDestinationPath: Child.built("xauth"))
    let outcome = try Child.run(
      shell, arguments,
      environment: [
        "PATH": "\(folder.path):/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8",
      ], folder: folder.path)
    #expect(outcome.errors == "")
    return outcome.output
  }

  @Test("bash loads it as the help says")
  func bash() throws {
    let script = """
      source <(xauth completion bash)
      COMP_WORDS=(xauth export --format '') COMP_CWORD=3
      _xauth xauth '' --format
      echo "${COMPREPLY[@]}"
      """
    let offered = try run("/bin/bash", ["--norc", "-c", script])
    #expect(Set(offered.split { " \n".contains($0) }) == ["dotenv", "shell", "json", "github-env"])
  }

  @Test("fish loads it as the help says", .enabled(if: isInstalled("/usr/bin/fish")))
  func fish() throws {
    let offered = try run(
      "/usr/bin/fish",
      ["--no-config", "-c", "xauth completion fish | source; complete -C 'xauth hea'"])
    #expect(offered == "header\tprint the Authorization header for a request\n")
  }

  @Test("zsh finds it in a folder of fpath", .enabled(if: isInstalled("/usr/bin/zsh")))
  func zsh() throws {
    let script = """
      mkdir functions && xauth completion zsh >functions/_xauth
      fpath=($PWD/functions $fpath)
      autoload -Uz compinit && compinit -u -D
      print -r -- $_comps[xauth]
      """
    #expect(try run("/usr/bin/zsh", ["-f", "-c", script]) == "_xauth\n")
  }
}
