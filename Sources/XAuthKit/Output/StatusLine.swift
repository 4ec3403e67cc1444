import Synchronization

/// One line of a terminal that is drawn again and again.
final class StatusLine: Sendable {
  /// How many characters stand there.
  private let length = Mutex(0)

  /// What puts `text` in the place of what stands there, on a terminal of so many columns now.
  func replacing(with text: String, columns: Int) -> String {
    // The last column stays free: some terminals wrap as soon as it is filled.
    let shown = String(text.prefix(max(1, columns - 1)))
    let before = length.withLock { length in
      defer { length = shown.count }
      return length
    }
    return clearing(before, columns: columns) + shown
  }

  /// A terminal that became narrower since has wrapped the line: its end is where the cursor is.
  private func clearing(_ length: Int, columns: Int) -> String {
    let rows = max(0, length - 1) / max(1, columns)
    return rows == 0 ? "\r\u{1B}[K" : "\r\u{1B}[\(rows)A\u{1B}[J"
  }
}
