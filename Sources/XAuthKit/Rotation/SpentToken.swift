import OAuth

/// A spent token, remembered by its hash: enough to know it again, useless to anybody else.
struct SpentToken: Sendable, Hashable {
  /// The first 16 bytes of its SHA-256 in hexadecimal.
  let digest: String

  /// How many are remembered: months of putting back old copies, a few kilobytes of journal.
  static let limit = 256

  init(digest: String) { self.digest = digest }

  /// The token's hash; nil when OpenSSL can't be loaded.
  init?(_ token: Secret) {
    guard let sha256 = token.sha256 else { return nil }
    self.init(sha256: sha256)
  }

  /// The token's hash, without which nothing may be spent.
  init(required token: Secret) throws(Failure) {
    do { self.init(sha256: try token.requiredSHA256()) } catch { throw Failure(error) }
  }

  private init(sha256: [UInt8]) { digest = Hexadecimal.text(sha256.prefix(16)) }
}
