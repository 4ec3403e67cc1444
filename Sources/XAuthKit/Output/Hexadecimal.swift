/// Bytes in hexadecimal digits.
enum Hexadecimal {
  /// Two lower-case digits for each byte.
  static func text(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
