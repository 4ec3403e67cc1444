/// The first message of a TLS client, in bytes (RFC 8446 §4.1.2).
enum ClientHello {
  /// One that a server can answer: TLS 1.3, AES-128-GCM, X25519, ECDSA on P-256.
  static let whole: [UInt8] = {
    let extensions: [UInt8] =
      [0, 0x2B, 0, 3, 2, 3, 4]  // supported_versions
      + [0, 0x0A, 0, 4, 0, 2, 0, 0x1D]  // supported_groups
      + [0, 0x0D, 0, 4, 0, 2, 4, 3]  // signature_algorithms
      + [0, 0x33, 0, 38, 0, 36, 0, 0x1D, 0, 32] + [UInt8](repeating: 9, count: 32)  // key_share
    let body: [UInt8] =
      [3, 3] + [UInt8](repeating: 7, count: 32)  // the version of old, and what is to be random
      + [0]  // no session
      + [0, 2, 0x13, 1]  // one cipher suite
      + [1, 0]  // no compression
      + [0, UInt8(extensions.count)] + extensions
    let message: [UInt8] = [1, 0, 0, UInt8(body.count)] + body
    return [0x16, 3, 1, 0, UInt8(message.count)] + message
  }()

  /// The beginning of one that is never completed.
  static let half = Array(whole.prefix(20))
}
