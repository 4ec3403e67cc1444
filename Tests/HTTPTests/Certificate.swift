import Foundation
import TestSupport

/// A certificate and its key, as PEM files in a folder that lives as long.
struct Certificate {
  let name: String
  let folder: TemporaryFolder
  var file: String { folder.file("\(name).pem") }
  var keyFile: String { folder.file("\(name).key") }
}

/// A certificate authority of the test's own, made afresh.
final class Authority {
  private let folder = TemporaryFolder()

  /// Its own certificate: what a client must trust.
  var file: String { folder.file("authority.pem") }

  init() throws {
    folder.write(
      """
      [ca]
      default_ca = authority
      [authority]
      database = \(folder.file("index"))
      new_certs_dir = \(folder.path)
      default_md = sha256
      policy = policy
      rand_serial = yes
      copy_extensions = copy
      unique_subject = no
      [policy]
      commonName = supplied

      """, to: "authority.cnf")
    folder.write("", to: "index")
    try run(
      ["req", "-x509", "-days", "30", "-subj", "/CN=Authority of a test"] + newKey("authority"))
  }

  /// Issues a certificate for `names` (as in `DNS:localhost,IP:127.0.0.1`), valid between two
  /// years, both their first second.
  func issue(for names: String, from start: Int = 2020, to end: Int = 2049) throws -> Certificate {
    let name = "leaf-\(UUID().uuidString)"
    try run(
      ["req", "-new", "-subj", "/CN=leaf", "-addext", "subjectAltName=\(names)"]
        + newKey(name, suffix: "csr"))
    try run(
      ["ca", "-batch", "-notext", "-config", folder.file("authority.cnf")]
        + ["-cert", file, "-keyfile", folder.file("authority.key")]
        + ["-in", folder.file("\(name).csr"), "-out", folder.file("\(name).pem")]
        + ["-startdate", "\(start)0101000000Z", "-enddate", "\(end)0101000000Z"])
    return Certificate(name: name, folder: folder)
  }

  /// A certificate for 127.0.0.1 that only itself vouches for.
  func selfSigned() throws -> Certificate {
    try run(
      ["req", "-x509", "-days", "30", "-subj", "/CN=127.0.0.1"]
        + ["-addext", "subjectAltName=IP:127.0.0.1"] + newKey("self"))
    return Certificate(name: "self", folder: folder)
  }

  private func newKey(_ name: String, suffix: String = "pem") -> [String] {
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
      + ["-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).\(suffix)")]
  }

  private func run(_ arguments: [String]) throws {
    let outcome = try Child.run("/usr/bin/openssl", arguments)
    guard outcome.status == 0 else { throw TLSServer.Failure(text: outcome.errors) }
  }
}
