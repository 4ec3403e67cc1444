import TestSupport
import Testing

@Suite("The manual page, as the program prints it")
struct ManualPageTests {
  private let folder = TemporaryFolder()

  private func page() throws -> String {
    let outcome = try Child.run(Child.built("xauth"), ["help", "--man"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains(".Sh SYNOPSIS\n"))
    return folder.write(outcome.output, to: "xauth.1")
  }

  @Test("mandoc's lint has nothing to say, of style neither", .enabled(if: Tools.has("mandoc")))
  func lint() throws {
    let outcome = try Child.run("/usr/bin/mandoc", ["-T", "lint", "-W", "all", page()])
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
    for heading in ["NAME", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES", "CRON"] {
      #expect(outcome.output.contains("\n\(heading)\n"), "\(heading)")
    }
  }
}
