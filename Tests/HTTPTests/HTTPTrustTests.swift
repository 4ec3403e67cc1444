import Glibc
import Paths
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
    let trust = HTTPTrust(
      environment: [:], systemFolder: hashed.path, bundles: [hashed.file("ca-certificates.crt")])
    #expect(trust.folder == hashed.path && trust.file == nil)
  }

  @Test(
    "without a bundle libcurl's own authorities are",
    arguments: ["ca-certificates.crt", "002C0B4F.0", "002c0b4g.0", "002c0b4f.r0", "2c0b4f.0"])
  func noHashedEntries(name: String) {
    let folder = TemporaryFolder()
    folder.write("", to: name)
    let bundles = [folder.file("no.pem")]
    let trust = HTTPTrust(environment: [:], systemFolder: folder.path, bundles: bundles)
    #expect(trust.folder == nil && trust.file == nil)
    let absent = HTTPTrust(
      environment: [:], systemFolder: folder.file("absent"), bundles: bundles)
    #expect(absent.folder == nil && absent.file == nil)
  }

  @Test("otherwise the first bundle that is there is taken, unless the environment names another")
  func bundles() {
    let folder = TemporaryFolder()
    let bundles = ["debian.crt", "redhat.crt", "suse.pem"].map(folder.file)
    func trust(_ environment: [String: String]) -> HTTPTrust {
      HTTPTrust(environment: environment, systemFolder: folder.path, bundles: bundles)
    }
    for name in ["suse.pem", "redhat.crt", "debian.crt"] {
      folder.write("", to: name)
      #expect(trust([:]).file == folder.file(name) && trust([:]).folder == nil)
    }
    #expect(trust(["SSL_CERT_FILE": "s"]).file == "s")
    #expect(trust(["SSL_CERT_DIR": "d"]).file == nil)
  }

  /// Whether a file of these bytes counts as one of authorities.
  private func holds(_ bytes: [UInt8]) -> Bool {
    let folder = TemporaryFolder()
    let path = folder.write(bytes, to: "ca.pem")
    return HTTPTrust(environment: ["SSL_CERT_FILE": path]).hasAuthorityInFile
  }

  @Test(
    "an authority is in a file that has the first line of one",
    arguments: ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"])
  func authority(label: String) {
    let pem = Array("-----BEGIN \(label)-----\r\n".utf8)
    #expect(holds(pem))
    #expect(holds(Array("# the company's\n".utf8) + [0xFF, 0x00, 0x0A] + pem))
    #expect(holds([UInt8](repeating: 0x0A, count: 3 << 20) + pem))
    #expect(!holds(Array("x".utf8) + pem))
    #expect(!holds([]))
  }

  @Test("none is in a folder, in a pipe, which isn't waited for, or where nothing is")
  func noFile() {
    let folder = TemporaryFolder()
    mkfifo(folder.file("pipe"), 0o600)
    for path in [folder.path, folder.file("pipe"), folder.file("absent")] {
      #expect(!HTTPTrust(environment: ["SSL_CERT_FILE": path]).hasAuthorityInFile)
    }
    #expect(!HTTPTrust(environment: [:]).hasAuthorityInFile)
  }

  @Test("file and folder may have any name")
  func oddNames() {
    let folder = TemporaryFolder()
    let odd = folder.path + "/" + String(path: [0x6C, 0xE9])
    mkdir(odd.pathBytes, 0o700)
    let file = open("\(odd)/002c0b4f.0".pathBytes, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    let pem = Array("-----BEGIN CERTIFICATE-----\n".utf8)
    #expect(write(file, pem, pem.count) == pem.count)
    close(file)
    #expect(HTTPTrust(environment: ["SSL_CERT_FILE": "\(odd)/002c0b4f.0"]).hasAuthorityInFile)
    #expect(HTTPTrust(environment: ["SSL_CERT_DIR": odd]).hasAuthoritiesInFolder)
  }
}
