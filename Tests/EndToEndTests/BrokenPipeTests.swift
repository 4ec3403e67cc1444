import Foundation
import TestSupport
import Testing

@Suite("Output that nobody reads any more")
struct BrokenPipeTests {
  /// What comes of a script of bash in which `$0` is xauth and descriptor 3 a pipe without a reader.
  private func run(_ script: String) throws -> Child.Outcome {
    let folder = TemporaryFolder()
    folder.write("X_OAUTH2_ACCESS_TOKEN=a\nX_OAUTH2_EXPIRES_AT=4102444800\n", to: ".env")
    return try Child.run(
      "/bin/bash", ["-c", "exec 3> >(:); wait $!; \(script)", Child.built("xauth")],
      environment: ["PATH": "/usr/bin:/bin"], folder: folder.path)
  }

  @Test("ends it by SIGPIPE without a word", arguments: ["help", "completion bash"])
  func byDefault(call: String) throws {
    let outcome = try run("\"$0\" \(call) >&3; echo $?")
    #expect(outcome.output == "\(128 + SIGPIPE)\n")
    #expect(outcome.errors.isEmpty)
  }

  @Test("is a failure where that signal was ignored from the start")
  func ignored() throws {
    let outcome = try run("trap '' PIPE; \"$0\" help >&3; echo $?")
    #expect(outcome.output == "1\n")
    #expect(outcome.errors.contains("Broken pipe"))
  }

  @Test("ends a command of exec by SIGPIPE too: it doesn't inherit that xauth ignores it")
  func child() throws {
    let outcome = try run("\"$0\" exec -- cat /etc/passwd >&3; echo $?")
    #expect(outcome.output == "\(128 + SIGPIPE)\n")
  }
}
