import Glibc
import Paths

/// Which certificate authorities a server's certificate may come from: one PEM file, or else one
/// hashed folder, or else (both nil) those that libcurl was built with, if it was built with any.
public struct HTTPTrust: Sendable, Equatable {
  /// A PEM file of authorities: these, and no others.
  public let file: String?
  /// A folder of authorities named by hash (`openssl rehash`), read one by one as needed.
  public let folder: String?

  /// The authorities by precedence: `SSL_CERT_FILE`, then `CURL_CA_BUNDLE` of
  /// `environment`; its `SSL_CERT_DIR`; the system's hashed folder, if it has entries; the first of
  /// the bundles that systems have; what libcurl was built with. An empty value counts as unset.
  ///
  /// The folder goes before the bundle that it was made from because libcurl parses a whole
  /// bundle for each connection: 45 ms for Debian's, against none.
  public init(environment: [String: String]) {
    self.init(environment: environment, systemFolder: "/etc/ssl/certs", bundles: Self.bundles)
  }

  /// The bundles of Debian, Red Hat, SUSE, and what is left: a libcurl that came with the program knows
  /// none.
  private static let bundles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
  ]

  init(environment: [String: String], systemFolder: String, bundles: [String]) {
    func named(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    if let named = named("SSL_CERT_FILE") ?? named("CURL_CA_BUNDLE") {
      (file, folder) = (named, nil)
    } else if let named = named("SSL_CERT_DIR") {
      (file, folder) = (nil, named)
    } else if Self.hasHashedEntries(systemFolder) {
      (file, folder) = (nil, systemFolder)
    } else {
      (file, folder) = (bundles.first { access($0.pathBytes, R_OK) == 0 }, nil)
    }
  }

  /// Whether `folder`, or one of several with colons between them, has authorities to be found.
  public var hasAuthoritiesInFolder: Bool {
    (folder ?? "").split(separator: ":").contains { Self.hasHashedEntries(String($0)) }
  }

  /// Whether `file` has an authority in it. As libcurl does, reads a file of any size, and whoever may
  /// write to its folder; a pipe could be read only once.
  public var hasAuthorityInFile: Bool {
    var status = stat()
    guard let path = file?.pathBytes, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let stream = fopen(path, "re")
    else { return false }
    defer { fclose(stream) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, stream) > 0 {
      if let line, Self.beginsAuthority(String(cString: line)) { return true }
    }
    return false
  }

  /// Whether `line` begins an authority in PEM (RFC 7468 §5; OpenSSL has two more labels for it).
  private static func beginsAuthority(_ line: String) -> Bool {
    ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains { label in
      line.hasPrefix("-----BEGIN \(label)-----")
    }
  }

  /// Whether a name like `002c0b4f.0` is in the folder.
  private static func hasHashedEntries(_ folder: String) -> Bool {
    FolderNames.at(folder)?.contains(where: isHashed) ?? false
  }

  /// Eight hexadecimal digits, a dot, a number (openssl-rehash(1)).
  private static func isHashed(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 8, !parts[1].isEmpty else { return false }
    return parts[0].allSatisfy("0123456789abcdef".utf8.contains)
      && parts[1].allSatisfy("0123456789".utf8.contains)
  }
}
