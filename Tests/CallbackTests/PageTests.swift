import COpenSSL
import Foundation
import Testing

@testable import Callback

@Suite("Pages")
struct PageTests {
  @Test("The policy names the one style and the one script by their hashes")
  func hashes() throws {
    #expect(try sha256(Page.style) == Page.styleHash)
    #expect(try sha256(Page.script) == Page.scriptHash)
    #expect(Page.contentSecurityPolicy.contains("style-src 'sha256-\(Page.styleHash)'"))
    #expect(Page.contentSecurityPolicy.contains("script-src 'sha256-\(Page.scriptHash)'"))
  }

  @Test("dump") func dump() throws {
    for (name, page) in Page.all { try Data(page.html).write(to: URL(fileURLWithPath: "/tmp/cbpages/\(name).html")) }
  }

  private func sha256(_ text: String) throws -> String {
    let openssl = try #require(copenssl_functions())
    var digest = [UInt8](repeating: 0, count: 32)
    let bytes = Array(text.utf8)
    let result = openssl.pointee.EVP_Digest(
      bytes, bytes.count, &digest, nil, openssl.pointee.EVP_sha256(), nil)
    try #require(result == 1)
    return Data(digest).base64EncodedString()
  }
}
