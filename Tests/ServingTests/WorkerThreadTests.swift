import Glibc
import Synchronization
import Testing

@testable import Serving

@Suite("WorkerThread")
struct WorkerThreadTests {
  @Test("its body runs, and signals are left to the thread that watches them")
  func takesNoSignal() {
    let facts = Mutex<(isDone: Bool, blocksTermination: Bool)>((false, false))
    let hasStarted = WorkerThread.start {
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      facts.withLock { $0 = (true, sigismember(&mask, SIGTERM) == 1) }
    }
    #expect(hasStarted)
    let deadline = time(nil) + 20
    while !facts.withLock({ $0.isDone }), time(nil) < deadline { usleep(1000) }
    #expect(facts.withLock { $0.blocksTermination })
  }
}
