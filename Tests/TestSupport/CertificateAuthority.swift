import Foundation

/// A certificate and its key, as PEM files in a folder that lives as long.
public struct Certificate: Sendable {
  let name: String
  let folder: TemporaryFolder

  /// The certificate.
  public var file: String { folder.file("\(name).pem") }
  /// Its key, for its owner alone.
  public var keyFile: String { folder.file("\(name).key") }
}

/// A certificate authority of the test's own, made afresh.
public final class CertificateAuthority: Sendable {
  private let folder: TemporaryFolder

  /// Its own certificate: what a client must trust.
  public var file: String { folder.file("authority.pem") }
  /// The key of it.
  public var keyFile: String { folder.file("authority.key") }

  /// Makes it, with all that it issues, in `folder`.
  public init(in folder: TemporaryFolder = TemporaryFolder()) throws {
    self.folder = folder
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
    try OpenSSLProgram.run(
      ["req", "-x509", "-days", "30", "-subj", "/CN=Authority of a test"] + newKey("authority"))
  }

  /// Issues a certificate for `names` (as in `DNS:localhost,IP:127.0.0.1`), valid between two
  /// years, both their first second.
  public func issue(for names: String, from start: Int = 2020, to end: Int = 2049) throws
    -> Certificate
  {
    let name = "leaf-\(UUID().uuidString)"
    try OpenSSLProgram.run(
      ["req", "-new", "-subj", "/CN=leaf", "-addext", "subjectAltName=\(names)"]
        + ["-addext", "basicConstraints=critical,CA:FALSE"]
        + newKey(name, suffix: "csr"))
    try OpenSSLProgram.run(
      ["ca", "-batch", "-notext", "-config", folder.file("authority.cnf")]
        + ["-cert", file, "-keyfile", keyFile]
        + ["-in", folder.file("\(name).csr"), "-out", folder.file("\(name).pem")]
        + ["-startdate", "\(start)0101000000Z", "-enddate", "\(end)0101000000Z"])
    return Certificate(name: name, folder: folder)
  }

  /// A certificate for 127.0.0.1 that only itself vouches for.
  public func selfSigned() throws -> Certificate {
    try OpenSSLProgram.run(
      ["req", "-x509", "-days", "30", "-subj", "/CN=127.0.0.1"]
        + ["-addext", "subjectAltName=IP:127.0.0.1"] + newKey("self"))
    return Certificate(name: "self", folder: folder)
  }

  private func newKey(_ name: String, suffix: String = "pem") -> [String] {
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
      + ["-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).\(suffix)")]
  }
}
