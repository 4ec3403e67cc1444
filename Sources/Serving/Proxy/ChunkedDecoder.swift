import Callback

/// Takes a body apart that comes in chunks (RFC 9112 §7.1), a few bytes at a time.
///
/// Strict, since another reading of the same bytes would see other requests in them: lines end in CR LF,
/// sizes are plain hexadecimal digits. Extensions and trailers are read over, within limits.
struct ChunkedDecoder {
  /// What became of some input.
  struct Step: Equatable {
    /// Bytes of the input that were used up.
    var read = 0
    /// Bytes of the body that were written.
    var written = 0
  }

  /// What isn't a body in chunks.
  private struct Malformed: Error {}

  private enum State {
    case size
    case extensions
    case endOfSizeLine
    case data
    case endOfData(isLF: Bool)
    case trailerStart
    case trailer
    case endOfTrailer(isLast: Bool)
    case done
  }

  /// Bytes of a line with a size and its extensions.
  static let lineLimit = 1 << 10
  /// Bytes of all trailers.
  static let trailerLimit = 8 << 10

  private var state = State.size
  /// What is left of the chunk.
  private var remaining = 0
  /// Bytes of the line, or of all trailers, so far.
  private var counted = 0

  /// Whether the body has ended. What follows isn't its.
  var isDone: Bool { if case .done = state { true } else { false } }

  /// Decodes from `input` into `output` until one of the two, or the body, ends; nil when it is no body
  /// in chunks.
  mutating func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Step? {
    var step = Step()
    while step.read < input.count, !isDone {
      guard case .data = state else {
        do throws(Malformed) { try take(input[step.read]) } catch { return nil }
        step.read += 1
        continue
      }
      let count = min(remaining, input.count - step.read, output.count - step.written)
      guard count > 0 else { break }
      UnsafeMutableRawBufferPointer(rebasing: output[step.written..<step.written + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: input[step.read..<step.read + count]))
      step.read += count
      step.written += count
      remaining -= count
      if remaining == 0 { state = .endOfData(isLF: false) }
    }
    return step
  }

  /// One byte of what isn't data.
  private mutating func take(_ byte: UInt8) throws(Malformed) {
    let (isCR, isLF) = (byte == 0x0D, byte == 0x0A)
    switch state {
    case .size:
      try count(upTo: Self.lineLimit)
      if let digit = byte.hexadecimalValue {
        guard remaining < 1 << 56 else { throw Malformed() }
        remaining = remaining << 4 | Int(digit)
      } else {
        guard counted > 1, isCR || byte == UInt8(ascii: ";") else { throw Malformed() }
        state = isCR ? .endOfSizeLine : .extensions
      }
    case .extensions:
      try count(upTo: Self.lineLimit)
      if isCR { state = .endOfSizeLine } else if !byte.isInFieldLine { throw Malformed() }
    case .endOfSizeLine:
      guard isLF else { throw Malformed() }
      counted = 0
      state = remaining == 0 ? .trailerStart : .data
    case .endOfData(let wantsLF):
      guard wantsLF ? isLF : isCR else { throw Malformed() }
      state = wantsLF ? .size : .endOfData(isLF: true)
    case .trailerStart:
      try count(upTo: Self.trailerLimit)
      guard isCR || byte.isTokenCharacter else { throw Malformed() }
      state = isCR ? .endOfTrailer(isLast: true) : .trailer
    case .trailer:
      try count(upTo: Self.trailerLimit)
      if isCR {
        state = .endOfTrailer(isLast: false)
      } else if !byte.isInFieldLine {
        throw Malformed()
      }
    case .endOfTrailer(let isLast):
      guard isLF else { throw Malformed() }
      state = isLast ? .done : .trailerStart
    case .data, .done: break
    }
  }

  private mutating func count(upTo limit: Int) throws(Malformed) {
    counted += 1
    guard counted <= limit else { throw Malformed() }
  }
}

extension UInt8 {
  /// Visible, a blank, or beyond ASCII (RFC 9110 §5.5).
  fileprivate var isInFieldLine: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }
}
