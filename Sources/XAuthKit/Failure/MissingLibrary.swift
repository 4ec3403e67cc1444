import OAuth

/// Libraries that are loaded at first use, and why one can't be used.
enum MissingLibrary: Sendable, Equatable {
  /// libcurl isn't there, or isn't one that serves.
  case curl(reason: String)
  /// OpenSSL isn't there, or is too old.
  case openSSL(reason: String)
  /// OpenSSL is there, and refuses something, as its configuration can make it.
  case openSSLUnsuitable(reason: String)

  /// The library behind a failure of cryptography.
  init(_ failure: CryptographyUnavailable) {
    self =
      failure.isLibraryLoaded
      ? .openSSLUnsuitable(reason: failure.reason) : .openSSL(reason: failure.reason)
  }
}
