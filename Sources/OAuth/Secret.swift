/// Text that must never be seen: a token, a code, a client secret.
///
/// It prints as `‹redacted›` wherever Swift can print a value, alone or inside another one. Only
/// `reveal()` gives the text, so a search for that word finds every place that reads a secret.
public struct Secret: Sendable {
  /// What a secret prints as.
  static let mask = "‹redacted›"

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

  /// Whether the UTF-8 text is exactly `other`. The time depends on the lengths alone.
  public func hasSameBytes(as other: some Collection<UInt8>) -> Bool {
    // Not CRYPTO_memcmp: commands that compare tokens and do nothing else would pay for loading
    // OpenSSL. Not String's ==: it takes two spellings of one character for the same.
    guard bytes.count == other.count else { return false }
    var difference: UInt8 = 0
    for (mine, theirs) in zip(bytes, other) { difference |= mine ^ theirs }
    return difference == 0
  }
}

extension Secret: Equatable {
  /// Compares the bytes in a time that depends on the lengths alone.
  public static func == (left: Secret, right: Secret) -> Bool {
    left.hasSameBytes(as: right.bytes)
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
