/// Where an assignment stands in the bytes of a document: its key. The rest of it is read when somebody
/// asks, because of the thousands of lines that a file may have a handful is ours.
struct DotEnvPlace: Sendable {
  // In half the room of integers: a file of 100,000 lines has as many places.
  private let keyStart: UInt32
  private let keyEnd: UInt32
  private let lineNumber: UInt32

  init(key: Range<Int>, line: Int) {
    keyStart = UInt32(key.lowerBound)
    keyEnd = UInt32(key.upperBound)
    lineNumber = UInt32(line)
  }

  /// Where the key begins.
  var start: Int { Int(keyStart) }
  var key: Range<Int> { Int(keyStart)..<Int(keyEnd) }
  /// The line of the key, from 1.
  var line: Int { Int(lineNumber) }
}
