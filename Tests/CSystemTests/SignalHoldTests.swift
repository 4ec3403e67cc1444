import CSystem
import Foundation
import Testing

/// Signals belong to the whole process, so these run one after the other.
@Suite(.serialized) struct SignalHoldTests {
  private func bytes(_ descriptor: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &buffer, buffer.count)
    return Array(buffer.prefix(max(0, count)))
  }

  /// Sends this thread a signal that it takes at once; the threads that tests run on block most.
  private func send(_ signal: Int32) {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_UNBLOCK, &all, &before)
    raise(signal)
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  @Test("a signal is remembered and wakes the pipe's reader; the first one counts")
  func caught() {
    let reader = csystem_signals_install()
    defer { _ = csystem_signals_restore() }
    #expect(reader >= 0)
    #expect(csystem_signals_seen() == 0)
    #expect(bytes(reader) == [])
    send(SIGTERM)
    send(SIGINT)
    #expect(csystem_signals_seen() == SIGTERM)
    #expect(bytes(reader) == [UInt8(SIGTERM), UInt8(SIGINT)])
  }

  @Test("a hold ends with the first signal that came during it, and with none when none came")
  func held() {
    csystem_signals_hold(nil)
    #expect(csystem_signals_restore() == 0)
    // One that comes while the hold begins isn't forgotten.
    _ = csystem_signals_install()
    send(SIGINT)
    csystem_signals_hold(nil)
    #expect(csystem_signals_restore() == SIGINT)
    csystem_signals_hold(nil)
    send(SIGHUP)
    send(SIGTERM)
    #expect(csystem_signals_restore() == SIGHUP)
    #expect(csystem_signals_restore() == 0)
    #expect(csystem_signals_seen() == SIGHUP)
  }

  @Test("every signal that would end the process can be held, real-time ones too")
  func all() {
    let ending = (1...64).filter { csystem_signal_ends_process(Int32($0)) != 0 }.map { Int32($0) }
    #expect(ending.contains(SIGQUIT) && ending.contains(SIGALRM) && ending.contains(64))
    for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] {
      #expect(!ending.contains(fault))
    }
    // signal(7): what is left does nothing by default, stops, continues, or can't be caught.
    let others = [SIGKILL, SIGPIPE, SIGXFSZ, SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGSTOP, SIGTSTP]
    for other in others { #expect(!ending.contains(other)) }
    // 32 and 33 are the C library's own.
    #expect(ending.count == 64 - 7 - others.count - 2 - 2)
    for signal in ending {
      csystem_signals_hold(nil)
      send(signal)
      #expect(csystem_signals_restore() == signal)
    }
  }

  @Test("a stop that comes during a hold waits for its end")
  func stops() {
    csystem_signals_hold(nil)
    for stop in [SIGTSTP, SIGTTIN, SIGTTOU] { raise(stop) }
    var waiting = sigset_t()
    sigpending(&waiting)
    for stop in [SIGTSTP, SIGTTIN, SIGTTOU] { #expect(sigismember(&waiting, stop) == 1) }
    // It drops them; or the tests would stop here.
    kill(getpid(), SIGCONT)
    #expect(csystem_signals_restore() == 0)
  }

  @Test("only during a hold does a signal say so on standard error")
  func message() throws {
    _ = csystem_signals_install()
    defer { _ = csystem_signals_restore() }
    let pipe = Pipe()
    let saved = dup(STDERR_FILENO)
    dup2(pipe.fileHandleForWriting.fileDescriptor, STDERR_FILENO)
    let message = strdup("[saving, one moment]")
    send(SIGINT)
    csystem_signals_hold(message)
    send(SIGINT)
    _ = csystem_signals_restore()
    _ = csystem_signals_install()
    send(SIGINT)
    dup2(saved, STDERR_FILENO)
    close(saved)
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    // Other tests may have written to it meanwhile.
    #expect(text.components(separatedBy: "[saving, one moment]").count == 2)
    free(message)
  }

  @Test("a pipe that nobody reads never blocks the handler")
  func fullPipe() {
    let reader = csystem_signals_install()
    defer { _ = csystem_signals_restore() }
    for _ in 0..<70_000 { send(SIGHUP) }
    #expect(csystem_signals_seen() == SIGHUP)
    #expect(bytes(reader).count == 64)
  }

  @Test("a standard error that nobody reads never blocks the handler either")
  func undrained() throws {
    let pipe = Pipe()
    let end = pipe.fileHandleForWriting.fileDescriptor
    let saved = dup(STDERR_FILENO)
    let flags = fcntl(end, F_GETFL)
    _ = fcntl(end, F_SETFL, flags | O_NONBLOCK)
    while write(end, "x", 1) == 1 {}
    _ = fcntl(end, F_SETFL, flags)
    dup2(end, STDERR_FILENO)
    let message = strdup("[saving]")
    csystem_signals_hold(message)
    send(SIGTERM)
    let signal = csystem_signals_restore()
    dup2(saved, STDERR_FILENO)
    close(saved)
    free(message)
    #expect(signal == SIGTERM)
  }

  @Test("an ignored SIGHUP stays ignored, and what was there comes back")
  func ignored() {
    signal(SIGHUP, SIG_IGN)
    defer { signal(SIGHUP, SIG_DFL) }
    _ = csystem_signals_install()
    send(SIGHUP)
    #expect(csystem_signals_seen() == 0)
    send(SIGTERM)
    _ = csystem_signals_restore()
    #expect(csystem_signals_seen() == SIGTERM)
    send(SIGHUP)
    var now = sigaction()
    sigaction(SIGTERM, nil, &now)
    #expect(now.__sigaction_handler.sa_handler == nil)
  }

  @Test("a second install returns the same pipe, and restoring twice does no harm")
  func again() {
    let first = csystem_signals_install()
    #expect(csystem_signals_install() == first)
    _ = csystem_signals_restore()
    _ = csystem_signals_restore()
    #expect(fcntl(first, F_GETFD) == -1)
  }
}
