import Glibc

/// Notices that the process was stopped and continued (Ctrl-Z, `fg`). SIGCONT is held back for that:
/// it continues a process all the same (signal(7)), and stays pending.
struct TerminalContinuation {
  private var set = sigset_t()
  private var before = sigset_t()

  /// Looks out from here.
  init() {
    sigemptyset(&set)
    sigaddset(&set, SIGCONT)
    pthread_sigmask(SIG_BLOCK, &set, &before)
  }

  /// Whether it has happened since the last call.
  mutating func hasHappened() -> Bool {
    var now = timespec()
    return sigtimedwait(&set, nil, &now) == SIGCONT
  }

  /// Looks out no longer.
  mutating func end() { pthread_sigmask(SIG_SETMASK, &before, nil) }
}
