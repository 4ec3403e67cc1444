/// curl's configuration file (curl(1), -K).
enum CurlConfiguration {
  /// `text` in double quotes, where a backslash escapes.
  static func quote(_ text: String) -> String {
    var quoted: [UInt8] = []
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        quoted.append(UInt8(ascii: "\\"))
      }
      quoted.append(byte)
    }
    return "\"" + String(decoding: quoted, as: UTF8.self) + "\""
  }
}
