import Foundation
import TestSupport
import Testing

@testable import Callback

@Suite("TLS identity")
struct TLSIdentityTests {
  private let certificates = Certificates()
  /// Read for each use: a certificate made in the meantime must not be from the future.
  private var now: Int { Int(Date().timeIntervalSince1970) }

  private func load(
    host: String = "127.0.0.1", certificate: String? = nil, key: String? = nil, days: Int = 0
  ) throws -> TLSIdentity {
    try TLSIdentity.load(
      certificateFile: certificate ?? certificates.certificate, keyFile: key ?? certificates.key,
      forHost: host, now: now + days * 86_400)
  }

  private func failure(_ load: () throws -> TLSIdentity) -> TLSIdentityFailure? {
    do {
      _ = try load()
      return nil
    } catch {
      return error as? TLSIdentityFailure
    }
  }

  @Test(
    "P-256 and RSA load; Ed25519 and secp256k1 load with a warning about browsers",
    arguments: Certificates.Key.allCases)
  func keyTypes(type: Certificates.Key) throws {
    try certificates.makeSelfSigned(type)
    let expected: [TLSIdentityWarning] =
      [.ed25519, .secp256k1].contains(type)
      ? [.selfSigned, .keyTypeUnknownToBrowsers] : [.selfSigned]
    let identity = try load()
    #expect(identity.warnings == expected)
    #expect(abs(identity.notAfter - (now + 90 * 86_400)) < 300)
  }

  @Test("A chain loads without a warning, and its last 30 days are counted")
  func chain() throws {
    try certificates.makeChain()
    #expect(try load().warnings == [])
    // Made a moment ago, it has a moment less than ten days left then, or exactly ten.
    let warnings = try load(days: 80).warnings
    #expect(warnings == [.expiresSoon(days: 9)] || warnings == [.expiresSoon(days: 10)])
  }

  @Test("A certificate of the chain that has expired is told")
  func expiredChain() throws {
    try certificates.makeChain(middleDays: 20)
    #expect(try load(days: 10).warnings == [])
    guard case .chainExpired(let notAfter) = try load(days: 30).warnings.first else {
      Issue.record("no warning")
      return
    }
    #expect(abs(notAfter - (now + 20 * 86_400)) < 300)
  }

  @Test("A chain with a broken certificate in it is refused, not shortened")
  func brokenChain() throws {
    try certificates.makeChain()
    let text = try #require(certificates.folder.text("cert.pem"))
    let end = try #require(text.range(of: "-----END", options: .backwards))
    let cut = text[..<end.lowerBound].dropLast(80) + "\n" + text[end.lowerBound...]
    let path = certificates.folder.write(String(cut), to: "cut.pem")
    #expect(failure { try load(certificate: path) } == .notPEM(path: path))
  }

  @Test("Certificate and key may share a file")
  func oneFile() throws {
    try certificates.makeSelfSigned()
    let both = ["key.pem", "cert.pem"].compactMap { certificates.folder.text($0) }.joined()
    let path = certificates.folder.write(both, to: "both.pem")
    #expect(throws: Never.self) { try load(certificate: path, key: path) }
  }

  @Test("Before and after its dates a certificate is refused, with the date")
  func dates() throws {
    try certificates.makeSelfSigned(days: 5)
    guard case .expired(let notAfter) = failure({ try load(days: 6) }) else {
      Issue.record("not expired")
      return
    }
    #expect(abs(notAfter - (now + 5 * 86_400)) < 300)
    guard case .notYetValid(let notBefore) = failure({ try load(days: -1) }) else {
      Issue.record("valid already")
      return
    }
    #expect(abs(notBefore - now) < 300)
  }

  @Test("Another host's certificate is refused, with its names; the common name doesn't count")
  func hosts() throws {
    try certificates.makeSelfSigned(names: "DNS:*.login.example,DNS:one.example,IP:::1")
    let names = ["*.login.example", "one.example", "::1"]
    for host in ["127.0.0.1", "wrong.example", "login.example", "a.b.login.example"] {
      #expect(failure { try load(host: host) } == .wrongHost(host: host, names: names))
    }
    for host in ["One.Example", "a.login.example", "::1", "[::1]"] {
      #expect(failure { try load(host: host) } == nil)
    }
  }

  @Test("A certificate for clients only is refused")
  func purpose() throws {
    try certificates.makeSelfSigned(extensions: ["extendedKeyUsage=clientAuth"])
    #expect(failure { try load() } == .notForServers)
  }

  @Test("Another certificate's key is refused")
  func mismatch() throws {
    try certificates.makeSelfSigned()
    try certificates.makeKey(.rsa, "other.pem")
    let other = certificates.folder.file("other.pem")
    #expect(
      failure { try load(key: other) }
        == .keyMismatch(certificate: certificates.certificate, key: other))
  }

  @Test("An encrypted key is recognized in both formats, without asking for the passphrase")
  func encrypted() throws {
    try certificates.makeSelfSigned(.rsa)
    for (name, extra) in [("pkcs8.pem", []), ("traditional.pem", ["-traditional"])] {
      try certificates.openssl(
        ["pkey", "-in", "key.pem", "-aes256", "-passout", "pass:x", "-out", name] + extra)
      let path = certificates.folder.file(name)
      #expect(failure { try load(key: path) } == .encryptedKey(path: path))
    }
  }

  @Test("A key that others can read is refused; one that only the group can read isn't")
  func permissions() throws {
    try certificates.makeSelfSigned()
    chmod(certificates.key, 0o644)
    #expect(
      failure { try load() } == .keyReadableByOthers(path: certificates.key, mode: 0o644))
    chmod(certificates.key, 0o640)
    #expect(failure { try load() } == nil)
  }

  @Test("Files that aren't there, aren't files or aren't PEM are told apart")
  func files() throws {
    try certificates.makeSelfSigned()
    let folder = certificates.folder
    let missing = folder.file("missing.pem")
    #expect(
      failure { try load(certificate: missing) } == .notReadable(path: missing, errno: ENOENT))
    #expect(failure { try load(key: folder.path) } == .notAFile(path: folder.path))
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(failure { try load(certificate: pipe) } == .notAFile(path: pipe))
    for (name, text) in [
      ("empty", ""), ("text", "hello\n"),
      ("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    ] {
      let path = folder.write(text, to: name)
      #expect(failure { try load(certificate: path) } == .notPEM(path: path))
      #expect(failure { try load(key: path) } == .notPEM(path: path))
    }
    let huge = folder.write([UInt8](repeating: 0x41, count: 2 << 20), to: "huge")
    #expect(failure { try load(certificate: huge) } == .notAFile(path: huge))
    #expect(failure { try load(key: certificates.certificate) } != nil)
  }

  @Test("A key that is too short is refused in OpenSSL's words")
  func short() throws {
    try certificates.openssl("genrsa", "-out", "key.pem", "512")
    chmod(certificates.key, 0o600)
    try certificates.openssl(
      "req", "-x509", "-new", "-key", "key.pem", "-out", "cert.pem", "-subj", "/CN=x",
      "-addext", "subjectAltName=IP:127.0.0.1")
    #expect(
      failure { try load() }
        == .unacceptable(path: certificates.certificate, reason: "ee key too small"))
  }
}
