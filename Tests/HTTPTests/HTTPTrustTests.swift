import TestSupport
import Testing

@testable import HTTP

@Suite struct HTTPTrustTests {
  private func hashedFolder() -> TemporaryFolder {
    let folder = TemporaryFolder()
    folder.write("", to: "ca-certificates.crt")
    folder.write("", to: "002c0b4f.0")
    return folder
  }

  @Test(
    "SSL_CERT_FILE goes before CURL_CA_BUNDLE, both before folders")
  func precedence() {
    let all = ["SSL_CERT_FILE": "s", "CURL_CA_BUNDLE": "c", "SSL_CERT_DIR": "d"]
    #expect(HTTPTrust(environment: all).file == "s")
    #expect(HTTPTrust(environment: ["CURL_CA_BUNDLE": "c", "SSL_CERT_DIR": "d"]).file == "c")
    #expect(HTTPTrust(environment: all).folder == nil)
    let folder = HTTPTrust(environment: ["SSL_CERT_DIR": "d", "SSL_CERT_FILE": ""])
    #expect(folder.folder == "d" && folder.file == nil)
  }

  @Test("the system's folder is taken if it has hashed entries")
  func systemFolder() {
    let hashed = hashedFolder()
    let trust = HTTPTrust(environment: [:], systemFolder: hashed.path)
    #expect(trust.folder == hashed.path && trust.file == nil)
  }

  @Test(
    "otherwise libcurl's own authorities are",
    arguments: ["ca-certificates.crt", "002C0B4F.0", "002c0b4g.0", "002c0b4f.r0", "2c0b4f.0"])
  func noHashedEntries(name: String) {
    let folder = TemporaryFolder()
    folder.write("", to: name)
    let trust = HTTPTrust(environment: [:], systemFolder: folder.path)
    #expect(trust.folder == nil && trust.file == nil)
    let absent = HTTPTrust(environment: [:], systemFolder: folder.file("absent"))
    #expect(absent.folder == nil && absent.file == nil)
  }
}
