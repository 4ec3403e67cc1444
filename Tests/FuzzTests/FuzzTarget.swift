/// A parser, and what must hold of it whatever its input is.
struct FuzzTarget: Sendable {
  /// As `scripts/fuzz` and the folders of the corpus call it.
  let name: String
  /// Throws when a promise is broken. To trap, to hang or to fill the memory breaks one as well.
  let check: @Sendable (_ input: [UInt8]) throws -> Void

  static let all: [FuzzTarget] = [
    .dotenv, .tokenAnswer, .retryAfter, .arguments, .journal, .redoImage, .requestHead,
    .callbackQuery, .pastedRedirect, .responseHead, .addresses, .shellWords, .terminalLine,
    .chunkedBody, .forwardingRule, .eventStream, .jsonRPC, .storeAnswer,
  ]
}

/// What a parser did against its promise.
struct BrokenPromise: Error, CustomStringConvertible {
  let description: String
}

/// Holds `condition` against a promise, which is worded as what should be so.
func promise(
  _ words: @autoclosure () -> String, _ condition: @autoclosure () throws -> Bool
) throws {
  if try !condition() { throw BrokenPromise(description: words()) }
}

extension [UInt8] {
  /// The input as `count` parts, which US (0x1F) separates: the last has all that is left, those
  /// that are missing are empty.
  func parts(_ count: Int) -> [[UInt8]] {
    let found = split(separator: 0x1F, maxSplits: count - 1, omittingEmptySubsequences: false)
    return found.map { Array($0) } + [[UInt8]](repeating: [], count: count - found.count)
  }

  /// As text, with U+FFFD for what isn't UTF-8.
  var text: String { String(decoding: self, as: UTF8.self) }
}
