import Glibc

/// Which certificate authorities a server's certificate may come from: one PEM file, or else one
/// hashed folder, or else (both nil) those that libcurl was built with.
public struct HTTPTrust: Sendable, Equatable {
  /// A PEM file of authorities: these, and no others.
  public let file: String?
  /// A folder of authorities named by hash (`openssl rehash`), read one by one as needed.
  public let folder: String?

  /// The authorities by precedence: `SSL_CERT_FILE`, then `CURL_CA_BUNDLE` of
  /// `environment`; its `SSL_CERT_DIR`; the system's hashed folder, if it has entries; what
  /// libcurl was built with. An empty value counts as unset.
  ///
  /// The folder goes before the bundle that it was made from because libcurl parses a whole
  /// bundle for each connection: 45 ms for Debian's, against none.
  public init(environment: [String: String]) {
    self.init(environment: environment, systemFolder: "/etc/ssl/certs")
  }

  init(environment: [String: String], systemFolder: String) {
    func named(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    file = named("SSL_CERT_FILE") ?? named("CURL_CA_BUNDLE")
    if file != nil {
      folder = nil
    } else if let named = named("SSL_CERT_DIR") {
      folder = named
    } else {
      folder = Self.hasHashedEntries(systemFolder) ? systemFolder : nil
    }
  }

  /// Whether `folder`, or one of several with colons between them, has authorities to be found.
  public var hasAuthoritiesInFolder: Bool {
    (folder ?? "").split(separator: ":").contains { Self.hasHashedEntries(String($0)) }
  }

  /// Whether `bytes`, those of `file`, hold an authority in PEM (RFC 7468 §5; OpenSSL has two more
  /// labels for it).
  public static func hasAuthority(_ bytes: [UInt8]) -> Bool {
    ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains { label in
      bytes.firstRange(of: Array("-----BEGIN \(label)-----".utf8)) != nil
    }
  }

  /// Whether a name like `002c0b4f.0` is in the folder: the first one found will do.
  private static func hasHashedEntries(_ folder: String) -> Bool {
    guard let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name),
      let stream = opendir(folder)
    else { return false }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      // An entry ends with its name: its record is shorter than the type says.
      let name = UnsafeRawPointer(entry).advanced(by: nameOffset)
      if isHashed(String(cString: name.assumingMemoryBound(to: CChar.self))) { return true }
    }
    return false
  }

  /// Eight hexadecimal digits, a dot, a number (openssl-rehash(1)).
  private static func isHashed(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 8, !parts[1].isEmpty else { return false }
    return parts[0].allSatisfy("0123456789abcdef".utf8.contains)
      && parts[1].allSatisfy("0123456789".utf8.contains)
  }
}
