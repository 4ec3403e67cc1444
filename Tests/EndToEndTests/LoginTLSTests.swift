import Foundation
import TestSupport
import Testing

@Suite("A login over https")
struct LoginTLSTests {
  private let folder = TemporaryFolder()

  @Test(
    "The callback is served with the certificate that the settings name",
    arguments: ["127.0.0.1", "localhost"] + (hasIPv6 ? ["[::1]"] : []))
  func approved(host: String) throws {
    let certificate = try TestCertificate(in: folder, for: "IP:127.0.0.1,DNS:localhost,IP:::1")
    let stage = try LoginStage(tls: certificate, host: host)
    let outcome = try stage.login()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(stage.page?.status == 200)
    #expect(stage.page?.address.hasPrefix("https://\(host):") == true)
    #expect(stage.page?.heading == "You’re signed in")
  }

  @Test("An IPv6 address is a host like any other over http too", .enabled(if: hasIPv6))
  func withoutTLS() throws {
    let stage = try LoginStage(host: "[::1]")
    #expect(try stage.login().status == 0)
    #expect(stage.page?.address.hasPrefix("http://[::1]:") == true)
  }

  @Test("Denied over https: page and exit code agree")
  func denied() throws {
    let stage = try LoginStage(sandbox: ["--auto-deny"], tls: TestCertificate(in: folder))
    #expect(try stage.login().status == 3)
    #expect(stage.page?.heading == "You cancelled the login")
  }

  @Test(
    "A browser that refuses the certificate doesn't end the wait; what it shows and why is said")
  func refusedByBrowser() throws {
    let stage = try LoginStage(tls: TestCertificate(in: folder))
    let child = try stage.start()
    let address = child.authorizeAddress()
    // Another authority than the certificate's: curl says so in an alert, as Firefox does.
    let stranger = TemporaryFolder()
    let other = try TestCertificate(in: stranger)
    for _ in 0..<2 {
      let untrusting = try Child.run(
        "/usr/bin/curl",
        [
          "--noproxy", "*", "--silent", "--location", "--cacert", other.authority.file,
          stage.redirectURI,
        ],
        environment: LoginStage.environment)
      #expect(untrusting.status == 60)
    }
    try stage.browse(stage.redirectURI.replacingOccurrences(of: "https:", with: "http:"))
    #expect(stage.page?.html.contains("https") == true)
    try stage.browse(address)
    let outcome = child.wait()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("the address must begin with https://"))
    let refusals = outcome.errors.split(separator: "\n").filter {
      $0.contains("refuses the certificate: self-signed, or from an authority it doesn't know")
    }
    #expect(refusals.count == 1)
    #expect(refusals.first?.contains("Your connection is not private") == true)
  }

  /// Breaks one thing about a certificate that was good.
  private struct Fault: Sendable, CustomTestStringConvertible {
    let code: String
    let make: @Sendable (TemporaryFolder) throws -> TestCertificate
    var testDescription: String { code }
  }

  private static let faults = [
    Fault(code: "tls_file_unreadable") {
      var made = try TestCertificate(in: $0)
      made.certificate = $0.file("absent.pem")
      return made
    },
    Fault(code: "tls_not_a_file") {
      var made = try TestCertificate(in: $0)
      made.certificate = $0.path
      return made
    },
    Fault(code: "tls_not_pem") {
      let made = try TestCertificate(in: $0)
      try "no certificate\n".write(toFile: made.certificate, atomically: false, encoding: .utf8)
      return made
    },
    Fault(code: "tls_key_encrypted") {
      var made = try TestCertificate(in: $0)
      try OpenSSLProgram.run(
        ["pkey", "-in", made.key, "-aes128", "-passout", "pass:x", "-out", $0.file("locked.pem")])
      chmod($0.file("locked.pem"), 0o600)
      made.key = $0.file("locked.pem")
      return made
    },
    Fault(code: "tls_key_mismatch") {
      var made = try TestCertificate(in: $0)
      made.key = made.authority.keyFile
      return made
    },
    Fault(code: "tls_wrong_host") { try TestCertificate(in: $0, for: "DNS:other.example") },
    Fault(code: "tls_expired") { try TestCertificate(in: $0, until: 2021) },
    Fault(code: "tls_key_readable") {
      let made = try TestCertificate(in: $0)
      chmod(made.key, 0o644)
      return made
    },
  ]

  @Test("What is wrong with the files is said before the browser opens", arguments: faults)
  private func refused(fault: Fault) throws {
    let stage = try LoginStage(tls: fault.make(folder))
    let outcome = try stage.login(["--json"])
    #expect(outcome.status == 4)
    #expect(outcome.error["code"] as? String == fault.code, "\(outcome.output)")
    #expect(stage.log.isEmpty)
    #expect(stage.folder.text("page.end") == nil)
  }
}

/// Whether ::1 can be listened on (proc(5), if_inet6).
private let hasIPv6: Bool = {
  let addresses = (try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8)) ?? ""
  return addresses.contains("00000000000000000000000000000001 ")
}()
