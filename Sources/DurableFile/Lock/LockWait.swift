import Glibc

/// One bounded wait for all locks that a run needs.
struct LockWait {
  private let seconds: Double
  private let deadline: Deadline
  /// What the caller asked to lock, named in failures.
  private let path: String
  private var hasNotified = false

  init(seconds: Double, path: String) {
    self.seconds = seconds
    self.path = path
    deadline = Deadline(after: seconds)
  }

  /// Locks `file` exclusively with flock(2). The kernel releases the lock when its holder dies,
  /// however it dies, so no lock is ever stale.
  ///
  /// - Parameter waiting: called once during the whole wait, when somebody else holds a lock.
  mutating func lock(_ file: Descriptor, waiting: () -> Void) throws(FileFailure) {
    // A blocking flock can't be bounded without an alarm signal, and hangs forever on a network file
    // system whose lock manager is gone. So: ask, pause, ask again. The holder is usually done within
    // milliseconds or else in the middle of a request, where 50 ms don't matter.
    var pause = 0.001
    while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: break
      case EWOULDBLOCK:
        try requireTimeLeft()
        notifyOnce(waiting)
        Deadline.pause(min(pause, deadline.remaining))
        pause = min(pause * 2, 0.05)
      default: throw .cannotLock(path: file.path, errno: errno)
      }
    }
  }

  /// To be called before each further attempt, whatever its reason.
  func requireTimeLeft() throws(FileFailure) {
    guard deadline.remaining > 0 else { throw .lockTimedOut(path: path, seconds: seconds) }
  }

  private mutating func notifyOnce(_ waiting: () -> Void) {
    guard !hasNotified else { return }
    hasNotified = true
    waiting()
  }
}

/// A moment on the monotonic clock, which doesn't move when the time of day is changed.
struct Deadline {
  private let end: Double

  init(after seconds: Double) { end = Self.now + seconds }

  /// Seconds left, 0 when it has passed.
  var remaining: Double { max(0, end - Self.now) }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Pauses the thread; a signal ends the pause early.
  static func pause(_ seconds: Double) {
    let whole = seconds.rounded(.down)
    var time = timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9))
    nanosleep(&time, nil)
  }
}
