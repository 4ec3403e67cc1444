import Foundation
import TestSupport
import Testing

/// A certificate made by the openssl program for one test.
struct TestCertificate {
  /// The certificate with its chain, in PEM.
  var certificate: String
  /// Its key, in PEM.
  var key: String
  /// The authority that a browser has to trust.
  let authority: String

  /// The option by which curl trusts it.
  var curlOption: String { "--cacert \(authority)" }

  /// Makes an authority in `folder`, and a certificate of it for `names` as openssl's subjectAltName
  /// writes them (`DNS:localhost,IP:127.0.0.1`).
  init(
    in folder: TemporaryFolder, for names: String = "IP:127.0.0.1,DNS:localhost",
    validity: [String] = ["-days", "90"]
  ) throws {
    authority = folder.file("ca.pem")
    certificate = folder.file("cert.pem")
    key = folder.file("key.pem")
    let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    try Self.openssl(
      ["req", "-x509", "-subj", "/CN=Test CA", "-keyout", folder.file("ca.key"), "-out", authority]
        + newKey)
    try Self.openssl(
      ["req", "-x509", "-subj", "/CN=callback", "-addext", "subjectAltName=\(names)"]
        + ["-addext", "basicConstraints=critical,CA:FALSE", "-CA", authority]
        + ["-CAkey", folder.file("ca.key"), "-keyout", key, "-out", certificate] + newKey
        + validity)
    chmod(key, 0o600)
  }

  /// Runs openssl, which must succeed.
  static func openssl(_ arguments: [String]) throws {
    let outcome = try Child.run(
      "/usr/bin/openssl", arguments, environment: LoginStage.environment)
    try #require(outcome.status == 0, "openssl \(arguments.first ?? ""): \(outcome.errors)")
  }

  /// Makes a certificate that ended in 2021.
  static func expired(in folder: TemporaryFolder) throws -> TestCertificate {
    let made = try TestCertificate(in: folder)
    folder.write("", to: "index.txt")
    folder.write(
      """
      [ca]
      default_ca = it
      [it]
      database = \(folder.file("index.txt"))
      new_certs_dir = \(folder.path)
      rand_serial = yes
      default_md = sha256
      policy = any
      copy_extensions = copy
      [any]
      commonName = supplied

      """, to: "ca.cnf")
    try openssl(
      ["req", "-new", "-key", made.key, "-subj", "/CN=callback", "-out", folder.file("cert.csr")]
        + ["-addext", "subjectAltName=IP:127.0.0.1"])
    try openssl(
      ["ca", "-batch", "-notext", "-config", folder.file("ca.cnf"), "-cert", made.authority]
        + ["-keyfile", folder.file("ca.key"), "-in", folder.file("cert.csr")]
        + ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]
        + ["-out", made.certificate])
    return made
  }
}
