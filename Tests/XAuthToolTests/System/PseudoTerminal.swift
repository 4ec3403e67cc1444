import Foundation
import TestSupport

/// A terminal with a user in front of it: what the user types, what the screen shows, and the
/// terminal's settings.
final class PseudoTerminal: @unchecked Sendable {
  /// The program's side, a path to open.
  let path: String
  private let person: Int32
  private let program: Int32
  private let lock = NSLock()
  private var shown = ""

  /// A terminal; without a screen, what it shows isn't read, and it can hang up.
  init(hasScreen: Bool = true) {
    // <asm-generic/ioctls.h>: TIOCSPTLCK and TIOCGPTN, which the Glibc module doesn't show.
    let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    person = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var locked: Int32 = 0
    var index: UInt32 = 0
    guard ioctl(person, unlock, &locked) == 0, ioctl(person, number, &index) == 0 else {
      fatalError("no pseudo-terminal: \(String(cString: strerror(errno)))")
    }
    path = "/dev/pts/\(index)"
    // Held open, so that the settings outlive the program.
    program = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard hasScreen else { return }
    Thread.detachNewThread { [self] in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while case let length = read(person, &buffer, buffer.count), length > 0 {
        lock.withLock { shown += String(decoding: buffer[..<length], as: UTF8.self) }
      }
    }
  }

  /// What the screen has shown so far.
  var screen: String { lock.withLock { shown } }

  /// Waits until the screen shows `text`, `times` times.
  func shows(_ text: String, times: Int = 1) -> Bool {
    eventually { self.screen.components(separatedBy: text).count > times }
  }

  /// Types `text`.
  func type(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let length = rest.withUnsafeBytes { write(person, $0.baseAddress, $0.count) }
      if length <= 0 { return }
      rest = rest.dropFirst(length)
    }
  }

  /// Whether what is typed appears, and lines are the terminal's to edit: as a shell expects it.
  var isSane: Bool {
    let wanted = tcflag_t(ECHO | ICANON | ISIG)
    return settings.c_lflag & wanted == wanted && settings.c_cc.10 == 0x1A
  }

  /// Whether what is typed appears.
  var echoes: Bool { settings.c_lflag & tcflag_t(ECHO) != 0 }

  private var settings: termios {
    var settings = termios()
    tcgetattr(program, &settings)
    return settings
  }

  /// Takes the terminal away.
  func hangUp() { close(person) }

  /// Makes the terminal at `path` this process's own: its session's, its standard input and its
  /// standard error. For a process that is a test's own.
  static func sitDown(at path: String) -> Bool {
    setsid()
    let terminal = open(path, O_RDWR)
    return terminal >= 0 && dup2(terminal, 0) == 0 && dup2(terminal, 2) == 2
      && tcgetpgrp(0) == getpgrp()
  }

  /// Shows, when SIGTSTP comes, whether the terminal is `sane` at that moment. (The signal's default
  /// does nothing to a session without a shell: its group is orphaned, POSIX XBD 3.264.)
  static func catchSuspension() {
    signal(SIGTSTP) { _ in
      var settings = termios()
      tcgetattr(0, &settings)
      let wanted = tcflag_t(ECHO | ICANON | ISIG)
      if settings.c_lflag & wanted == wanted { write(2, "sane\n", 5) }
    }
    takeSignals()
  }

  /// Has signals to this process delivered to the calling thread, before kill(2) returns, as in a
  /// program that has no other thread. The others of a test block them all, but for the main
  /// thread, which waits for work with none blocked: that one is caught in a handler for good.
  static func takeSignals() {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    dup2(ends[1], parkingDescriptor)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      write(PseudoTerminal.parkingDescriptor, "p", 1)
      while true { pause() }
    }
    sigfillset(&action.sa_mask)
    sigaction(SIGUSR1, &action, nil)
    kill(getpid(), SIGUSR1)
    var byte: UInt8 = 0
    read(ends[0], &byte, 1)
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
  }

  private static let parkingDescriptor: Int32 = 100
}

/// A user who acts while the test waits for something else.
final class Actor<Seen: Sendable>: @unchecked Sendable {
  private let done = DispatchSemaphore(value: 0)
  private var seen: Seen?

  /// Acts at once, on a thread of its own.
  init(_ act: @escaping @Sendable () -> Seen) {
    Thread.detachNewThread { [self] in
      seen = act()
      done.signal()
    }
  }

  /// What was seen, once it is over; nil if it isn't in half a minute.
  func finish() -> Seen? { done.wait(timeout: .now() + 30) == .success ? seen : nil }
}
