import Foundation
import TestSupport
import Testing

/// Where the browser, or the server, is on another machine.
extension ReadmeExamplesTests {
  static let elsewhereTrials: [String: Trial] = [
    "ssh": { example in
      let machine = try ReaderMachine()
      // A shell in the home on the server, which gets what is typed from then on.
      machine.play("ssh", "cd && exec bash -euo pipefail -s")
      let outcome = try machine.loginElsewhere(example)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("signed in as @sandbox"))
      #expect(machine.calls(of: "ssh") == ["-L 8976:127.0.0.1:8976 you@server"])
      #expect(outcome.errors.contains("127.0.0.1%3A8976%2Foauth%2Fcallback&"))
      #expect(machine.calls(of: "browser") == [])
    },
    "remote-token": { example in
      let machine = try ReaderMachine.signedIn()
      // The words as one line, to a shell in the home.
      machine.play("ssh", "shift && cd && exec sh -c \"$*\"")
      #expect(try machine.output(of: example).hasPrefix("sandbox-access-"))
      #expect(machine.calls(of: "ssh").first?.hasPrefix("server ") == true)
    },
  ]
}
