@testable import Serving

extension FuzzTarget {
  /// A body in chunks, as any client of the proxy may send it.
  static let chunkedBody = FuzzTarget(name: "chunked-body") { input in
    let whole = decode(input, piece: input.count, room: input.count)
    try promise("a body isn't longer than its chunks", whole.body.count <= input.count)
    for (piece, room) in [(1, 1), (3, 7), (input.count / 2 + 1, 2)] {
      let other = decode(input, piece: piece, room: room)
      try promise("it makes no difference in which pieces it comes", other == whole)
    }
    guard whole.isDone, !whole.isMalformed else { return }
    let followed = decode(input[..<whole.used] + Array("GET / HTTP/1.1".utf8), piece: 5, room: 5)
    try promise("what follows is left alone", followed == whole)
  }

  private struct Decoded: Equatable {
    var body: [UInt8] = []
    var used = 0
    var isDone = false
    var isMalformed = false
  }

  /// Decodes from pieces of the input into as little room.
  private static func decode(
    _ input: some RandomAccessCollection<UInt8>, piece: Int, room: Int
  ) -> Decoded {
    var (decoder, decoded, rest) = (ChunkedDecoder(), Decoded(), Array(input)[...])
    var buffer = [UInt8](repeating: 0, count: max(1, room))
    while !rest.isEmpty, !decoder.isDone {
      let step = Array(rest.prefix(piece)).withUnsafeBytes { bytes in
        buffer.withUnsafeMutableBytes { decoder.decode(bytes, into: $0) }
      }
      guard let step else {
        // How much of it was decoded before is of no interest: it ends the connection.
        return Decoded(isMalformed: true)
      }
      decoded.body += buffer.prefix(step.written)
      decoded.used += step.read
      rest = rest.dropFirst(step.read)
    }
    decoded.isDone = decoder.isDone
    return decoded
  }
}
