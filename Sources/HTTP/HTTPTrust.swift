import Glibc

/// Which certificate authorities a server's certificate may come from: one PEM file, or else one
/// hashed folder, or else (both nil) those that libcurl was built with.
public struct HTTPTrust: Sendable, Equatable {
  /// A PEM file of authorities: these, and no others.
  public let file: String?
  /// A folder of authorities named by hash (`openssl rehash`), read one by one as needed.
  public let folder: String?

  /// The authorities by precedence: `file`; `SSL_CERT_FILE`, then `CURL_CA_BUNDLE` of
  /// `environment`; its `SSL_CERT_DIR`; the system's hashed folder, if it has entries; what
  /// libcurl was built with. An empty value counts as unset.
  ///
  /// The folder goes before the bundle that it was made from because libcurl parses a whole
  /// bundle for each connection: 45 ms for Debian's, against none.
  public init(file: String? = nil, environment: [String: String]) {
    self.init(file: file, environment: environment, systemFolder: "/etc/ssl/certs")
  }

  init(file: String? = nil, environment: [String: String], systemFolder: String) {
    func named(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    self.file = file ?? named("SSL_CERT_FILE") ?? named("CURL_CA_BUNDLE")
    if self.file != nil {
      folder = nil
    } else if let named = named("SSL_CERT_DIR") {
      folder = named
    } else {
      folder = Self.hasHashedEntries(systemFolder) ? systemFolder : nil
    }
  }

  /// Whether a name like `002c0b4f.0` is in the folder: the first one found will do.
  private static func hasHashedEntries(_ folder: String) -> Bool {
    guard let stream = opendir(folder) else { return false }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let isHashed = withUnsafeBytes(of: &entry.pointee.d_name) { name in
        name.prefix(8).allSatisfy(isHexadecimalDigit) && name[8] == UInt8(ascii: ".")
          && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(name[9])
      }
      if isHashed { return true }
    }
    return false
  }

  private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}
