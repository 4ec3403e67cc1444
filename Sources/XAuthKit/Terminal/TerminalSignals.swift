import CSystem
import Glibc

/// Holds the signals that would end or stop the process while the terminal is in a mode that must
/// be left first. They are blocked, not caught: no handler, and whatever was to happen happens a
/// moment later.
struct TerminalSignals {
  // 64 is the last (signal(7)).
  private static let held = (1...64).filter { csystem_signal_ends_process($0) != 0 } + [SIGTSTP]
  private var set = sigset_t()
  private var before = sigset_t()

  /// Holds them from here.
  init() {
    sigemptyset(&set)
    for signal in Self.held { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, &before)
  }

  /// The signal that is waiting, if there is one.
  var pending: Int32? {
    var waiting = sigset_t()
    sigpending(&waiting)
    return Self.held.first { sigismember(&waiting, $0) == 1 }
  }

  /// Lets what is waiting happen. Comes back if the process was stopped and continued, or if
  /// somebody else catches or ignores the signal.
  mutating func letThrough() {
    pthread_sigmask(SIG_SETMASK, &before, nil)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Does what a key of the terminal's does: to the whole process group, a pipeline for example.
  static func send(_ number: Int32) {
    // Swift's runtime takes SIGQUIT for a crash, and offers a debugger at the terminal.
    if number == SIGQUIT, !ProgramSignals.current().ignores(SIGQUIT) { signal(SIGQUIT, SIG_DFL) }
    kill(0, number)
  }

  /// Holds them no longer.
  mutating func end() { pthread_sigmask(SIG_SETMASK, &before, nil) }
}
