import Foundation
import TestSupport
import Testing

/// Signing in, on the machine that the browser is on.
extension ReadmeExamplesTests {
  static let loginTrials: [String: Trial] = [
    "session": { example in
      let machine = try ReaderMachine()
      let session = example.split(separator: "\n").map(String.init)
      var printed: [String] = []
      for line in session where line.hasPrefix("$ ") {
        let outcome = try machine.shell("\(line.dropFirst(2)) 2>&1")
        #expect(outcome.status == 0, "\(line)")
        printed += [line] + outcome.output.split(separator: "\n").map(String.init)
      }
      // What a terminal shows only while it waits, and what is said of this machine.
      printed.removeAll { $0.hasPrefix("waiting ") || $0.hasPrefix("This is a container") }
      #expect(printed.map(machine.stable) == session.map(machine.stable))
    },
    "console": { example in
      let callback = try #require(example.split(separator: "\n").first { $0.hasPrefix("Callback") })
      let report = try ReaderMachine().shell("xauth show --verbose").output
      #expect(report.contains("callback  \(callback.split(separator: " ").last ?? "-")\n"))
    },
    "login": { example in
      let machine = try ReaderMachine()
      _ = try machine.output(of: example)
      #expect(machine.value("X_OAUTH2_ACCESS_TOKEN")?.hasPrefix("sandbox-access-") == true)
    },
  ]
}
