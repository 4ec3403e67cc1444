import CommandTable
import Paths

extension ShellWord {
  /// A path as a word to be pasted. Bytes that can't be shown stand in `$'…'` (POSIX.1-2024, XCU 2.2.4):
  /// with anything else in their place, the word would name another file.
  static func path(_ path: String) -> String {
    guard !path.isUTF8 || path.onOneLine != path else { return quotedIfNeeded(path) }
    let characters = path.pathBytes.dropLast().map { byte in
      let byte = UInt8(bitPattern: byte)
      let digits = String(byte, radix: 8)
      return switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
      case 0x20...0x7E: String(UnicodeScalar(byte))
      default: "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return "$'\(characters.joined())'"
  }
}
