/// A digest, a signature or a PKCE pair can't be made on this machine.
public struct CryptographyUnavailable: Error, Sendable, Equatable {
  /// The loader's own words, or what was missing. Holds no secret.
  public let reason: String
  /// Whether the library was found, and only lacks something.
  public let isLibraryLoaded: Bool

  /// A failure for `reason`.
  public init(reason: String, isLibraryLoaded: Bool) {
    self.reason = reason
    self.isLibraryLoaded = isLibraryLoaded
  }
}
