import Glibc

/// Paths are bytes, and any but zero can be in them. As text, a byte that isn't part of UTF-8 is a
/// character of Unicode's last private range, U+10FF80 to U+10FFFF. Where those very characters are in
/// a path, their bytes are written in the same way; so no two paths have the same text.
extension String {
  /// The text of a path.
  public init(path bytes: some Collection<UInt8>) {
    // Of most paths.
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: \.isByte)
    {
      self = text
      return
    }
    var text = String.UnicodeScalarView()
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let length = [1, 2, 3, 4].first { length in
        rest.count >= length && String(validating: rest.prefix(length), as: UTF8.self) != nil
      }
      let scalar = length.flatMap {
        String(decoding: rest.prefix($0), as: UTF8.self).unicodeScalars.first
      }
      if let length, let scalar, !scalar.isByte {
        text.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        text.append(contentsOf: rest.prefix(length ?? 1).compactMap(Unicode.Scalar.init(byte:)))
        rest = rest.dropFirst(length ?? 1)
      }
    }
    self = String(text)
  }

  /// The text of a path that a C function gave.
  public init(cPath: UnsafePointer<CChar>) {
    self.init(path: UnsafeRawBufferPointer(start: cPath, count: strlen(cPath)))
  }

  /// The bytes of a path, ended by a zero, as C takes them.
  public var pathBytes: [CChar] {
    var bytes: [UInt8] = []
    for scalar in unicodeScalars {
      if scalar.isByte {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes += Array(String(scalar).utf8)
      }
    }
    return bytes.map(CChar.init(bitPattern:)) + [0]
  }

  /// Whether its bytes are UTF-8.
  public var isUTF8: Bool { !unicodeScalars.contains(where: \.isByte) }

  /// The text as it can be shown: with U+FFFD for what isn't UTF-8.
  public var shownPath: String {
    if isUTF8 { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.isByte ? "\u{FFFD}" : $0 }))
  }
}

/// In text, a slash and a combining mark after it are one character, so splitting text would overlook a
/// folder.
extension String {
  /// The parts between the slashes, without empty ones.
  public var pathParts: [String] {
    utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }

  /// Whether the path begins at the root.
  public var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }

  /// What follows the path of `folder`, which this one is in; nil if it isn't.
  public func path(in folder: String) -> String? {
    let start = folder == "/" ? folder : "\(folder)/"
    guard utf8.starts(with: start.utf8) else { return nil }
    return String(Substring(utf8.dropFirst(start.utf8.count)))
  }
}

extension Unicode.Scalar {
  /// Whether it stands for a byte of a path.
  fileprivate var isByte: Bool { 0x10FF80...0x10FFFF ~= value }

  /// What stands for `byte`, which is 0x80 or more.
  fileprivate init?(byte: UInt8) { self.init(0x10FF00 + UInt32(byte)) }
}
