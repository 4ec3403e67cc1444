/// Finds where the lines of a file end, on the way through it.
///
/// Most of a file is searched for nothing else, so it is done by memchr(3). Each of the two bytes is
/// searched for once from where it was found last: a file that has only one of them is not searched to
/// its end for the other on every line.
struct LineEndFinder {
  private var lineFeed = -1
  private var carriageReturn = -1

  /// The first line feed or carriage return at `offset` or behind it, or the end of `bytes`. From one
  /// call to the next `offset` may only grow.
  mutating func next(from offset: Int, in bytes: [UInt8]) -> Int {
    if lineFeed < offset { lineFeed = bytes.firstOffset(of: .lineFeed, from: offset) }
    if carriageReturn < offset {
      carriageReturn = bytes.firstOffset(of: .carriageReturn, from: offset)
    }
    return min(lineFeed, carriageReturn)
  }
}
