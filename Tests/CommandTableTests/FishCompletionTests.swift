import CommandTable
import TestSupport
import Testing

@Suite("Completion in fish", .enabled(if: isInstalled(CompletionShell.fish.program)))
struct FishCompletionTests {
  static func offers(_ words: [String]) throws -> Set<String> {
    let lines = try output(words).split(separator: "\n").map { $0.prefix { $0 != "\t" } }
    // Fish marks folders with a slash.
    return Set(lines.map { $0.last == "/" ? String($0.dropLast()) : String($0) })
  }

  private static func output(_ words: [String]) throws -> String {
    let folder = harbour(.fish)
    let outcome = try Child.run(
      CompletionShell.fish.program,
      ["--no-config", "-c", "source ./script; complete -C $argv[1]", words.joined(separator: " ")],
      environment: [
        "PATH": "\(folder.path):/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8",
      ],
      folder: folder.path)
    #expect(outcome.errors == "")
    return outcome.output
  }

  @Test("shows what an option does, whatever characters its help has")
  func description() throws {
    let output = try Self.output(["x-ferry", "load", "--be"])
    #expect(output == "--bell\tWhat rings; it's [loud]: $5\n")
  }

  @Test("offers every command on the machine where another program's name goes")
  func anyCommand() throws {
    #expect(try Self.offers(["x-ferry", "run", ""]).contains("ferry-test-command"))
  }

  @Test("completes the value after an equals sign")
  func equals() throws {
    #expect(try Self.offers(["x-ferry", "load", "--side=p"]) == ["--side=port"])
  }
}
