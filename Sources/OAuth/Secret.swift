/// Text that must never be seen: a token, a code, a client secret.
///
/// It prints as `‹redacted›` wherever Swift can print a value, alone or inside another one. Only
/// `reveal()` gives the text, so a search for that word finds every place that reads a secret.
public struct Secret: Sendable, Equatable {
  /// What a secret prints as.
  static let mask = "‹redacted›"

  // Not a String, whose == takes two spellings of one character for the same.
  private let bytes: [UInt8]

  /// Hides `text`.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// The text itself.
  public func reveal() -> String { String(decoding: bytes, as: UTF8.self) }

  /// Whether there is no text at all.
  public var isEmpty: Bool { bytes.isEmpty }

  /// The SHA-256 of the UTF-8 text, by which a used token can be remembered without keeping it.
  ///
  /// - Throws: when OpenSSL can't be loaded.
  public func sha256() throws(CryptographyUnavailable) -> [UInt8] { try Cryptography.sha256(bytes) }

  /// The first four bytes of `sha256`, as in `sha256:1a2b3c4d`: enough to tell two tokens apart,
  /// too little to find one. Nil when OpenSSL can't be loaded.
  public var fingerprint: String? {
    (try? sha256()).map { "sha256:\(Hexadecimal.text($0.prefix(4)))" }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `‹redacted›`.
  public var description: String { Secret.mask }

  /// Always `‹redacted›`.
  public var debugDescription: String { Secret.mask }

  /// Nothing to see for `dump` and for the default description of whatever holds a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
