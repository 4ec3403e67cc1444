import Foundation
import TestSupport
import Testing

/// Keeping a token alive, and using it.
extension ReadmeExamplesTests {
  static let everyDayTrials: [String: Trial] = [
    "cron": { example in
      for lifetime in [7200, 600] {
        let machine = try ReaderMachine.signedIn(lifetime: lifetime)
        let before = machine.folder.text("srv/xmcp/.env")
        let outcome = try #require(try machine.cron(lines(of: "cron")).first)
        #expect(outcome.status == 0)
        #expect(outcome.output + outcome.errors == "")
        #expect((before == machine.folder.text("srv/xmcp/.env")) == (lifetime == 7200))
      }
    },
    "proxy": { example in
      let machine = try ReaderMachine.signedIn(lifetime: 600)
      try machine.putPython(in: "srv/xmcp", HelpExamplesTests.asksX)
      #expect(try machine.output(of: example).contains(#""username":"sandbox""#))
    },
    "mcp": { example in
      try HelpExamplesTests.answersClient(
        HelpExamplesTests.configured(example, under: "mcpServers"))
    },
    "use": { example in
      let machine = try ReaderMachine.signedIn()
      machine.folder.write(
        """
        #!/bin/sh
        echo "report with ${X_OAUTH2_ACCESS_TOKEN:?} and ${X_OAUTH2_REFRESH_TOKEN-nothing more}"
        """, to: "srv/xmcp/report.py", mode: 0o755)
      let output = try machine.output(of: example)
      #expect(output.hasPrefix("{\"data\":"))
      #expect(output.contains("\"username\":\"sandbox\""))
      #expect(output.contains("report with sandbox-access-"))
      #expect(output.contains(" and nothing more\n"))
      #expect(output.contains("\nsandbox-access-"))
      #expect(output.contains("the token of @sandbox"))
    },
  ]
}
