import TestSupport
import Testing

/// The torture's short form on the programs of this build; `scripts/torture` is the long one.
@Suite("torture, in short", .serialized)
struct TortureTests {
  @Test(
    "every promise of a section is kept",
    arguments: ["syscalls", "power", "faults", "signals", "races", "editors"])
  func section(_ name: String) throws {
    // Behind the other tests, some of which play a person at a terminal.
    let outcome = try Torture.run(name, by: ["nice", "-n", "10"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains(" 0 broken"))
  }
}
