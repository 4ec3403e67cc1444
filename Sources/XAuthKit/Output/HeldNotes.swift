import Synchronization

/// What is said while a file is locked, kept until it no longer is: a reader that doesn't read must
/// not hold up every other run.
final class HeldNotes: Sendable {
  private struct State {
    var holders = 0
    var text = ""
  }

  private let state = Mutex(State())

  /// Keeps what is said for as long as it lives.
  final class Hold: Sendable {
    private let notes: HeldNotes

    fileprivate init(_ notes: HeldNotes) {
      self.notes = notes
      notes.state.withLock { $0.holders += 1 }
    }

    deinit { notes.state.withLock { $0.holders -= 1 } }
  }

  /// Keeps what is said from here on.
  func hold() -> Hold { Hold(self) }

  /// What is to be written now, where `text` is to be said: nothing while it is kept, otherwise what
  /// was kept before it as well.
  func released(with text: String) -> String {
    state.withLock { state in
      state.text += text
      guard state.holders == 0 else { return "" }
      defer { state.text = "" }
      return state.text
    }
  }
}
