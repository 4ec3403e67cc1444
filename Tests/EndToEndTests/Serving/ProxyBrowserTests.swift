import Foundation
import Synchronization
import TestSupport
import Testing

extension BrowserTests {
  @Suite("Web pages and a proxy")
  struct ProxyBrowserTests {
    /// What a page can do to have its browser send a request to `$A`, an address at the proxy: one request
    /// each.
    private static let attacks = [
      "fetch('$A?fetch', {mode: 'no-cors'})",
      "fetch('$A?cors')",
      "fetch('$A?post', {method: 'POST', mode: 'no-cors', body: 'text=spam'})",
      "fetch('$A?preflight', {method: 'DELETE'})",
      "navigator.sendBeacon('$A?beacon', 'text=spam')",
      "new EventSource('$A?events')",
      "new WebSocket('$A?socket'.replace('http', 'ws'))",
      "new Image().src = '$A?image'",
      "add('script', {src: '$A?script'})",
      "add('link', {rel: 'stylesheet', href: '$A?style'})",
      "add('iframe', {src: '$A?frame'})",
      "add('iframe', {name: 'get $A'}); add('form', {action: '$A?form', target: 'get $A'}).submit()",
      """
      add('iframe', {name: 'post $A'}); \
      add('form', {action: '$A?form', method: 'post', target: 'post $A'}).submit()
      """,
    ]

    private func page(_ addresses: [String]) -> String {
      let attacks = addresses.flatMap { address in
        Self.attacks.map { $0.replacing("$A", with: address) }
      }
      return """
        <!DOCTYPE html><title>Hostile</title><link rel="icon" href="data:,"><body>Hostile<script>
        function add(name, fields) {
          const element = Object.assign(document.createElement(name), fields);
          return document.body.appendChild(element);
        }
        \(attacks.map { "try { \($0) } catch {}" }.joined(separator: "\n"))
        </script>
        """
    }

    @Test("nothing that a page sends to a proxy goes on to X, even if the page knows the address")
    func attacks() throws {
      let (stage, api) = (try RotationStage(), try RecordingServer.api())
      let proxy = try ProxyAlone(stage, upstream: api.address, ["--verbose"])
      func refused(_ status: String) -> Int {
        proxy.program.errorsSoFar.components(separatedBy: "refused with \(status)").count - 1
      }
      let path = "2/users/me"
      let origin = "http://127.0.0.1:\(proxy.port)"
      let page = page(["\(proxy.address)/\(path)", "\(origin)/\(path)"])
      let hostile = try RecordingServer { _ in RecordingServer.response(page, type: "text/html") }
      let browser = try Chromium()
      #expect(try browser.open(hostile.address).title == "Hostile")
      // Those without the secret are answered alike, whoever sends them.
      let count = Self.attacks.count
      #expect(
        eventually(within: 30) { refused("403") + refused("404") >= 2 * count },
        "\(proxy.program.errorsSoFar)")

      // A link, and a page of a name that leads here: as DNS rebinding would have it.
      for host in ["rebound.localhost", "rebound.127.0.0.1.localhost"] {
        let address = proxy.address.replacing("127.0.0.1", with: host)
        #expect(try browser.open("\(address)/\(path)").status == 421)
      }
      let leading = "<script>location = '\(proxy.address)/\(path)'</script>"
      let link = try RecordingServer { _ in RecordingServer.response(leading, type: "text/html") }
      _ = try browser.open(link.address)
      #expect(eventually { refused("403") + refused("404") > 2 * count })
      #expect(api.requests == [])
      // The same without a page.
      #expect(try ProxyAlone.curl("\(proxy.address)/\(path)").hasSuffix(" 200"))
      #expect(api.requests.count == 1)
    }
  }
}
