/// The ways to write a value so that it can be read back, the most portable first.
enum DotEnvQuoting: CaseIterable {
  /// As it is: all known readers agree on it. Every token of RFC 6750 (2.1) can be written so.
  case bare
  /// In `'…'`. `docker --env-file` and `$GITHUB_ENV` don't understand quotes and keep them.
  case singleQuotes
  /// In `"…"`, with nothing in it that any reader expands.
  case doubleQuotes
  /// In `"…"` with backslashes, which readers resolve differently. Holds any value.
  case escapes

  /// Whether all readers that understand quotes see the same value.
  var isPortable: Bool { self != .escapes }

  func holds(_ value: String) -> Bool {
    switch self {
    case .bare: value.utf8.isBare
    case .singleQuotes: value.utf8.fitsSingleQuotes
    case .doubleQuotes: value.utf8.fitsDoubleQuotes
    case .escapes: true
    }
  }

  func write(_ value: String) -> String {
    switch self {
    case .bare: value
    case .singleQuotes: "'\(value)'"
    case .doubleQuotes: "\"\(value)\""
    case .escapes: "\"\(String(decoding: value.utf8.escaped, as: UTF8.self))\""
    }
  }
}

extension String.UTF8View {
  /// `[A-Za-z0-9._+/:=@%^,~-]*` without what a shell expands as a path: `~` or `=` at the start
  /// (the latter in zsh) or after a colon.
  fileprivate var isBare: Bool {
    var mayExpand = true
    for byte in self {
      let isExpanded = mayExpand && (byte == UInt8(ascii: "~") || byte == .equals)
      guard byte.isBare, !isExpanded else { return false }
      mayExpand = byte == UInt8(ascii: ":")
    }
    return true
  }

  /// In single quotes some readers treat two backslashes, or one at the end, as an escape, and
  /// expand `${`.
  fileprivate var fitsSingleQuotes: Bool {
    var previous: UInt8 = 0
    for byte in self {
      if byte == .singleQuote || byte.breaksLineOrString { return false }
      if byte == .backslash && previous == .backslash { return false }
      if byte == UInt8(ascii: "{") && previous == .dollar { return false }
      previous = byte
    }
    return previous != .backslash
  }

  fileprivate var fitsDoubleQuotes: Bool {
    allSatisfy { !$0.isSpecialInDoubleQuotes && !$0.breaksLineOrString }
  }

  fileprivate var escaped: [UInt8] {
    flatMap { byte -> [UInt8] in
      switch byte {
      case .lineFeed: [.backslash, UInt8(ascii: "n")]
      case .carriageReturn: [.backslash, UInt8(ascii: "r")]
      default: byte.isSpecialInDoubleQuotes ? [.backslash, byte] : [byte]
      }
    }
  }
}

extension UInt8 {
  fileprivate var isBare: Bool {
    isASCIILetterOrDigit || ".-_~+/:=@%^,".utf8.contains(self)
  }

  fileprivate var isSpecialInDoubleQuotes: Bool {
    self == .doubleQuote || self == .dollar || self == .backslash || self == .backtick
  }

  /// A line break, or a NUL, which no environment variable can hold.
  fileprivate var breaksLineOrString: Bool { isLineEnd || self == 0 }
}

// MARK: Reading values back

extension Collection where Element == UInt8 {
  /// The content of a quoted value with LF for its line endings, whatever the file uses.
  var withLineFeeds: [UInt8] {
    var result: [UInt8] = []
    var afterReturn = false
    for byte in self {
      if byte == .carriageReturn {
        result.append(.lineFeed)
      } else if byte != .lineFeed || !afterReturn {
        result.append(byte)
      }
      afterReturn = byte == .carriageReturn
    }
    return result
  }

  /// The content of a value in double quotes with its escapes resolved; a backslash that begins none
  /// stays.
  var unescaped: [UInt8] {
    var result: [UInt8] = []
    var isEscape = false
    for byte in self {
      if isEscape {
        if let meaning = byte.meaningEscaped {
          result[result.count - 1] = meaning
        } else {
          result.append(byte)
        }
        isEscape = false
      } else {
        result.append(byte)
        isEscape = byte == .backslash
      }
    }
    return result
  }
}

extension UInt8 {
  /// What the byte stands for after a backslash in double quotes; nil when the two are not an escape.
  fileprivate var meaningEscaped: UInt8? {
    switch self {
    case UInt8(ascii: "n"): .lineFeed
    case UInt8(ascii: "r"): .carriageReturn
    case UInt8(ascii: "t"): .tab
    case .doubleQuote, .backslash, .dollar, .backtick: self
    default: nil
    }
  }
}
