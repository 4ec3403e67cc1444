/// curl's configuration file (curl(1), -K).
enum CurlConfiguration {
  /// `text` in double quotes, where a backslash escapes. Nothing in it ends the line.
  static func quote(_ text: String) -> String {
    var quoted: [UInt8] = []
    for byte in text.utf8 {
      if let letter = escape(byte) {
        quoted += [UInt8(ascii: "\\"), letter]
      } else {
        quoted.append(byte)
      }
    }
    return "\"" + String(decoding: quoted, as: UTF8.self) + "\""
  }

  private static func escape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    case UInt8(ascii: "\t"): UInt8(ascii: "t")
    case UInt8(ascii: "\n"): UInt8(ascii: "n")
    case UInt8(ascii: "\r"): UInt8(ascii: "r")
    case 0x0b: UInt8(ascii: "v")
    default: nil
    }
  }
}
