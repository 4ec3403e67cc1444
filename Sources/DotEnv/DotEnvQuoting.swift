/// The ways to write a value so that it is read back, from the most portable to the least.
enum DotEnvQuoting: CaseIterable {
  /// As it is: what every known reader agrees on. Each token of RFC 6750 (2.1) is one.
  case bare
  /// In `'…'`. `docker --env-file` and `$GITHUB_ENV` don't know quotes and keep them.
  case singleQuotes
  /// In `"…"`, with nothing in it that any reader expands.
  case doubleQuotes
  /// In `"…"` with backslashes, which readers resolve differently. Holds any value.
  case escapes

  /// Whether all readers that know quotes see the same value. Not so with escapes.
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

  /// Two backslashes, or one at the end, escape in some readers' single quotes, `${` expands.
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

  /// NUL too: no environment variable can hold it.
  fileprivate var breaksLineOrString: Bool { isLineEnd || self == 0 }
}
