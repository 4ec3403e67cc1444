/// How a line ends.
enum LineEnding {
  case lineFeed
  case carriageReturnLineFeed
  /// Alone: a line's end to python-dotenv, motdotla's dotenv and Ruby's.
  case carriageReturn

  /// Bytes it takes.
  var length: Int { self == .carriageReturnLineFeed ? 2 : 1 }

  var bytes: [UInt8] {
    switch self {
    case .lineFeed: [.lineFeed]
    case .carriageReturnLineFeed: [.carriageReturn, .lineFeed]
    case .carriageReturn: [.carriageReturn]
    }
  }
}

/// How many lines of a file end which way.
struct LineEndingCensus {
  private var lineFeeds = 0
  private var pairs = 0
  private var carriageReturns = 0

  mutating func count(_ ending: LineEnding) {
    switch ending {
    case .lineFeed: lineFeeds += 1
    case .carriageReturnLineFeed: pairs += 1
    case .carriageReturn: carriageReturns += 1
    }
  }

  /// What most lines end with; LF in a draw, and in a file without a line.
  var dominant: LineEnding {
    if lineFeeds >= max(pairs, carriageReturns) { return .lineFeed }
    return pairs >= carriageReturns ? .carriageReturnLineFeed : .carriageReturn
  }
}
