/// How a line ends.
enum LineEnding {
  case lineFeed
  case carriageReturnLineFeed
  /// A CR alone ends a line for python-dotenv, motdotla's dotenv and Ruby's.
  case carriageReturn

  var bytes: [UInt8] {
    switch self {
    case .lineFeed: [.lineFeed]
    case .carriageReturnLineFeed: [.carriageReturn, .lineFeed]
    case .carriageReturn: [.carriageReturn]
    }
  }
}

/// Counts how the lines of a file end.
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

  /// How most lines end; LF in a tie, and in a file without lines.
  var dominant: LineEnding {
    if lineFeeds >= max(pairs, carriageReturns) { return .lineFeed }
    return pairs >= carriageReturns ? .carriageReturnLineFeed : .carriageReturn
  }
}
