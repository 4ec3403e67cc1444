/// libcurl can't be loaded: its package isn't installed, or is too old.
public struct HTTPLibraryUnavailable: Error, Sendable, Equatable {
  /// The dynamic loader's words, such as "libcurl.so.4: cannot open shared object file".
  public let reason: String

  /// An unavailability for this reason.
  public init(reason: String) { self.reason = reason }
}
