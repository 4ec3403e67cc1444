import CSystem
import Glibc

/// What this process was given, byte for byte. File names and variables needn't be UTF-8: as text they
/// were repaired, and another program gets them as they came.
enum InheritedBytes {
  /// The argument so far from the end of our own command line, if `text` is how it reads.
  static func argument(fromEnd distance: Int, reading text: String) -> UnsafePointer<CChar>? {
    guard isRepaired(text), let own = csystem_argument(csystem_argument_count() - Int32(distance))
    else { return nil }
    return String(cString: own) == text ? own : nil
  }

  /// The value of our own variable `name`, if `text` is how it reads.
  static func value(of name: String, reading text: String) -> UnsafePointer<CChar>? {
    guard isRepaired(text), let own = getenv(name), String(cString: own) == text else { return nil }
    return UnsafePointer(own)
  }

  /// The whole assignment of our own variable whose name reads as `name`, if that isn't its name and
  /// `text` is how its value reads.
  static func assignment(of name: String, reading text: String) -> UnsafePointer<CChar>? {
    guard isRepaired(name) else { return nil }
    let assignment = "\(name)=\(text)"
    var next = environ
    while let entry = next.pointee {
      if String(cString: entry) == assignment { return UnsafePointer(entry) }
      next += 1
    }
    return nil
  }

  /// U+FFFD stands where bytes were no UTF-8 (The Unicode Standard, 5.22).
  private static func isRepaired(_ text: String) -> Bool {
    text.unicodeScalars.contains("\u{FFFD}")
  }
}
