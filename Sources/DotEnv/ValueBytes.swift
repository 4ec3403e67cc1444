extension Collection where Element == UInt8 {
  /// Line endings inside quotes as LF, whatever the file's are.
  var withLineFeeds: [UInt8] {
    guard contains(.carriageReturn) else { return Array(self) }
    var result: [UInt8] = []
    result.reserveCapacity(count)
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

  /// The escapes of a value in double quotes resolved; a backslash before anything else stays.
  var unescaped: [UInt8] {
    guard contains(.backslash) else { return Array(self) }
    var result: [UInt8] = []
    result.reserveCapacity(count)
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
  /// What the byte stands for after a backslash in double quotes; nil when the two are no escape.
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
