import Foundation
import TestSupport

/// Certificates made by the openssl program in a folder of their own.
struct Certificates {
  let folder = TemporaryFolder()

  enum Key: String, CaseIterable {
    case ec = "EC"
    case rsa = "RSA"
    case ed25519 = "ED25519"
    /// A curve that no browser knows.
    case secp256k1 = "EC, secp256k1"

    var options: [String] {
      switch self {
      case .ec: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
      case .rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
      case .ed25519: ["-algorithm", "ED25519"]
      case .secp256k1: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"]
      }
    }
  }

  var certificate: String { folder.file("cert.pem") }
  var key: String { folder.file("key.pem") }

  /// Runs openssl in the folder; a failure ends the test.
  func openssl(_ arguments: String...) throws { try openssl(arguments) }

  func openssl(_ arguments: [String]) throws {
    try OpenSSLProgram.run(arguments, folder: folder.path)
  }

  /// A key in `key.pem`.
  func makeKey(_ type: Key = .ec, _ name: String = "key.pem") throws {
    try openssl(["genpkey", "-out", name] + type.options)
    chmod(folder.file(name), 0o600)
  }

  /// A self-signed certificate in `cert.pem`, and its key.
  @discardableResult
  func makeSelfSigned(
    _ type: Key = .ec, names: String = "IP:127.0.0.1,DNS:localhost", days: Int = 90,
    extensions: [String] = []
  ) throws -> Self {
    try makeKey(type)
    try openssl(
      ["req", "-x509", "-new", "-key", "key.pem", "-out", "cert.pem", "-subj", "/CN=wrong.example"]
        + ["-days", "\(days)", "-addext", "subjectAltName=\(names)"]
        + extensions.flatMap { ["-addext", $0] })
    return self
  }

  /// A root in `root.pem`, and a leaf with its intermediate in `cert.pem`.
  func makeChain(middleDays: Int = 90) throws {
    for name in ["root", "middle"] { try makeKey(.ec, "\(name).key") }
    try makeKey()
    try openssl(
      "req", "-x509", "-new", "-key", "root.key", "-out", "root.pem", "-subj", "/CN=Root",
      "-days", "90")
    folder.write("basicConstraints=critical,CA:TRUE\n", to: "middle.ext")
    folder.write("subjectAltName=IP:127.0.0.1\n", to: "leaf.ext")
    try sign("middle", key: "middle.key", by: "root", days: middleDays)
    try sign("leaf", key: "key.pem", by: "middle")
    let both = (folder.text("leaf.pem") ?? "") + (folder.text("middle.pem") ?? "")
    folder.write(both, to: "cert.pem")
  }

  private func sign(_ name: String, key: String, by issuer: String, days: Int = 90) throws {
    try openssl("req", "-new", "-key", key, "-out", "\(name).csr", "-subj", "/CN=\(name)")
    try openssl(
      "x509", "-req", "-in", "\(name).csr", "-CA", "\(issuer).pem", "-CAkey", "\(issuer).key",
      "-CAcreateserial", "-out", "\(name).pem", "-days", "\(days)", "-extfile", "\(name).ext")
  }
}
