import Glibc

/// The signals as this process was given them: which were ignored (`nohup` does that) and which
/// blocked. A shell passes the same on to what it runs (POSIX XCU 2.12, 2.15 trap), so this is recorded
/// before this process ignores or blocks any itself.
struct ProgramSignals: Sendable {
  /// The signals that this process may ignore or reset. For all others execve(2) does what is
  /// right: it keeps what is ignored, and resets what is caught.
  private static let touched = [
    SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD, SIGTSTP, SIGXFSZ,
  ]

  private let ignored: [Int32]
  /// What is reset to its default where it is ignored now; execve(2) itself resets handlers.
  private let reset: [Int32]
  private let mask: sigset_t

  /// What is in force now.
  static func current() -> ProgramSignals {
    var mask = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &mask)
    var ignored: [Int32] = []
    var reset: [Int32] = []
    for signal in touched {
      if isIgnored(signal) { ignored.append(signal) } else { reset.append(signal) }
    }
    return ProgramSignals(ignored: ignored, reset: reset, mask: mask)
  }

  /// Everything at its default, nothing blocked.
  static func defaults() -> ProgramSignals {
    var none = sigset_t()
    sigemptyset(&none)
    return ProgramSignals(ignored: [], reset: Array(1...64), mask: none)
  }

  /// Whether `signal` is ignored.
  func ignores(_ signal: Int32) -> Bool { ignored.contains(signal) }

  /// Starts the child of posix_spawn(3) with these.
  func apply(to attributes: inout posix_spawnattr_t) {
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in reset { sigaddset(&defaults, signal) }
    var mask = mask
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setsigmask(&attributes, &mask)
  }

  /// Gives this process these.
  func restore() {
    for number in ignored where !Self.isIgnored(number) { signal(number, SIG_IGN) }
    for number in reset where Self.isIgnored(number) { signal(number, SIG_DFL) }
    var mask = mask
    pthread_sigmask(SIG_SETMASK, &mask, nil)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    // Function pointers can't be compared; the handler field holds 1 for SIG_IGN.
    return unsafeBitCast(action.__sigaction_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
