import Callback
import Glibc

/// State that threads share and wait for: a lock with a condition, which `Mutex` doesn't have.
final class Watched<State>: @unchecked Sendable {
  private var state: State
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(lock, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // Deadlines don't move when the time of day is set.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
  }

  /// Looks at the state or changes it, alone; those who wait then look again.
  func withLock<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(lock)
    }
    return body(&state)
  }

  /// Waits until `condition` holds, at most until `deadline` (`Monotonic`); whether it holds.
  func wait(until deadline: Double, _ condition: (State) -> Bool) -> Bool {
    // A year is as good as for ever, and fits into what follows.
    let deadline = min(deadline, Monotonic.now + 31_536_000)
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    var end = timespec(
      tv_sec: Int(deadline), tv_nsec: Int((deadline - deadline.rounded(.down)) * 1e9))
    while !condition(state) {
      guard pthread_cond_timedwait(changed, lock, &end) != ETIMEDOUT else {
        return condition(state)
      }
    }
    return true
  }
}
