import Glibc

@testable import XAuthTool

/// A stream that keeps what is written.
final class Captured: @unchecked Sendable {
  private var bytes: [UInt8] = []

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func descriptor(
    isTerminal: Bool, isClosed: Bool = false, columns: Int? = nil
  ) -> OutputDescriptor {
    OutputDescriptor(
      isTerminal: isTerminal, isForeground: { true }, columns: { columns },
      write: { [self] in
        if isClosed { return EPIPE }
        bytes += $0
        return nil
      })
  }
}
