/// Lines out of pieces of input.
struct InputLines {
  /// The longest line that is read, in bytes without its end: more than a message may have, since its
  /// id may stand at its end.
  static let limit = 64 << 20

  /// A line, without its end.
  enum Line: Equatable {
    case whole([UInt8])
    /// Longer than the limit, and passed over.
    case tooLong
  }

  private let limit: Int
  private var line: [UInt8] = []
  private var isTooLong = false

  init(limit: Int = InputLines.limit) { self.limit = limit }

  /// Takes the next bytes; the lines that end in them. Empty ones are left out.
  mutating func take(_ bytes: some Collection<UInt8>) -> [Line] {
    var lines: [Line] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A) {
      add(rest[..<end])
      if let line = finish() { lines.append(line) }
      rest = rest[end...].dropFirst()
    }
    add(rest)
    return lines
  }

  /// The line that was begun: at the end of the input it is one.
  mutating func finish() -> Line? {
    defer { (line, isTooLong) = ([], false) }
    if isTooLong { return .tooLong }
    if line.last == 0x0D { line.removeLast() }
    guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
    return line.count > limit ? .tooLong : .whole(line)
  }

  /// One byte more than a line may have, for the CR before its end.
  private mutating func add(_ bytes: some Collection<UInt8>) {
    isTooLong = isTooLong || line.count + bytes.count > limit + 1
    if isTooLong { line = [] } else { line += bytes }
  }
}
