import Foundation
import TestSupport

/// What the settings say of TLS for one test, and whom a browser has to trust for it.
struct TestCertificate {
  /// The certificate, in PEM.
  var certificate: String
  /// Its key, in PEM.
  var key: String
  /// The authority that a browser has to trust.
  let authority: CertificateAuthority

  /// The option by which curl trusts it.
  var curlOption: String { "--cacert \(authority.file)" }

  /// Makes an authority in `folder`, and a certificate of it for `names` as openssl's subjectAltName
  /// writes them (`DNS:localhost,IP:127.0.0.1`), good until the year `end` begins.
  init(
    in folder: TemporaryFolder, for names: String = "IP:127.0.0.1,DNS:localhost",
    until end: Int = 2049
  ) throws {
    authority = try CertificateAuthority(in: folder)
    let issued = try authority.issue(for: names, to: end)
    certificate = issued.file
    key = issued.keyFile
  }
}
