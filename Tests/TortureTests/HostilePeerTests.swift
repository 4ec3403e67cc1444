import Foundation
import TestSupport
import Testing

@Suite("strangers at a login's callback, in short")
struct HostilePeerTests {
  // Not behind the other tests: here it counts how soon an answer comes.
  @Test("over http and https none ends, blocks or slows the login; then the browser gets through")
  func strangers() throws {
    let outcome = try Torture.run("callback")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains(" 0 broken"))
  }
}
