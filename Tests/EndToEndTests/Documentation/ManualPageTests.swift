import TestSupport
import Testing

@Suite("The manual page, as the program prints it")
struct ManualPageTests {
  private let folder = TemporaryFolder()

  private func page(about subject: String? = nil) throws -> String {
    let outcome = try Child.run(
      Child.built("xauth"), ["help", "--man"] + (subject.map { [$0] } ?? []))
    #expect(outcome.status == 0)
    #expect(outcome.output.contains(".SH \"DESCRIPTION\"\n"))
    return folder.write(outcome.output, to: "page")
  }

  @Test(
    "mandoc's lint has nothing to say, of style neither", .enabled(if: Tools.has("mandoc")),
    arguments: [nil, "refresh", "ci", "exit-codes"])
  func lint(subject: String?) throws {
    let outcome = try Child.run(
      "/usr/bin/mandoc", ["-T", "lint", "-W", "all", page(about: subject)])
    #expect(outcome.output + outcome.errors == "")
    #expect(outcome.status == 0)
  }

  @Test("man has no warnings, and shows all of it", .enabled(if: Tools.has("man")))
  func warnings() throws {
    let outcome = try Child.run(
      "/usr/bin/man", ["--warnings", "-l", page()],
      environment: [
        "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANPAGER": "cat", "MANWIDTH": "80",
      ])
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
    for heading in ["NAME", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES", "SECURITY"] {
      #expect(outcome.output.contains("\n\(heading)\n"), "\(heading)")
    }
    #expect(outcome.output.hasPrefix("XAUTH(1)"))
    #expect(outcome.output.contains("User Commands"))
    #expect(!outcome.output.contains("BSD"))
  }
}
