import Glibc

/// One bounded wait for all locks that a run needs.
struct LockWait {
  private let seconds: Double
  private let deadline: Deadline
  /// Named in failures: what the caller asked to lock.
  private let path: String
  private var isAnnounced = false

  init(seconds: Double, path: String) {
    self.seconds = seconds
    self.path = path
    deadline = Deadline(after: seconds)
  }

  /// Locks `file` exclusively (flock(2)): the kernel takes the lock back when its holder dies,
  /// however it dies, so that none is ever stale.
  mutating func lock(_ file: Descriptor, waiting: () -> Void) throws(FileFailure) {
    // A blocking flock can't be bounded without an alarm signal, and hangs for good on a network
    // file system whose lock manager is gone. So: ask, pause, ask again. The holder is usually
    // done within milliseconds or else in the middle of a request, where 50 ms don't matter.
    var pause = 0.001
    while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: break
      case EWOULDBLOCK:
        try again()
        announce(waiting)
        Deadline.pause(min(pause, deadline.remaining))
        pause = min(pause * 2, 0.05)
      default: throw .cannotLock(path: file.path, errno: errno)
      }
    }
  }

  /// Called before each further try, for whatever reason it is made.
  func again() throws(FileFailure) {
    guard deadline.remaining > 0 else { throw .lockTimedOut(path: path, seconds: seconds) }
  }

  private mutating func announce(_ waiting: () -> Void) {
    guard !isAnnounced else { return }
    isAnnounced = true
    waiting()
  }
}
