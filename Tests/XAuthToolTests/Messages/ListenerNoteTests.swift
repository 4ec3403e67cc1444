import Testing

@testable import Callback
@testable import XAuthTool

@Suite("What is said while a login waits")
struct ListenerNoteTests {
  private func words(_ alert: UInt8) -> String {
    ListenerNote.handshakeRefused(alert: alert, meaning: "odd\u{1B}[31m").words
  }

  @Test(
    "why a browser refuses the certificate, as far as its alert tells",
    arguments: [
      (42, "for another name"), (43, "a kind it doesn't take"), (44, "revoked"), (45, "expired"),
      (46, "self-signed"), (48, "from an authority it doesn't know"),
    ] as [(UInt8, String)])
  func refusals(alert: UInt8, reason: String) {
    #expect(words(alert).contains("refuses the certificate: "))
    #expect(words(alert).contains(reason))
    #expect(words(alert).contains("Your connection is not private"))
    #expect(!words(alert).contains("odd"))
  }

  @Test("another alert isn't about the certificate, and its words are harmless")
  func otherAlerts() {
    #expect(words(40) == "the browser broke off the TLS handshake (odd[31m)")
    #expect(words(80).contains("broke off"))
  }

  @Test("a proxy is told what to do")
  func foreignHost() {
    #expect(ListenerNote.foreignHost.words.contains("proxy_set_header Host $http_host;"))
  }
}
