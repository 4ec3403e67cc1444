import CSystem
import Glibc

/// The process's signals: held back while a token is in use, watched while a login waits.
///
/// Both last until `release`. `XAuth.run` calls it last, whatever a command did; earlier calls say that
/// signals may act from there on.
struct Signals: Sendable {
  /// Keeps signals from ending or stopping the process. One that would have ended it prints `what`
  /// instead; with another `what` the hold goes on.
  var hold: @Sendable (_ what: StaticString) -> Void
  /// Lets those through that only stop the process, while a program runs that may be stopped too.
  var letStopsThrough: @Sendable () -> Void
  /// Keeps signals from ending the process, for a poll loop: the descriptor is readable once one has
  /// come. nil if there can be none.
  var watch: @Sendable () -> Int32?
  /// The next signal that came on a descriptor of `watch`; nil when there is none.
  var next: @Sendable (_ descriptor: Int32) -> Int32?
  /// Forgets those that came: they were a child's, which got them.
  var forget: @Sendable () -> Void
  /// Lets signals act as they did at first.
  var restore: @Sendable () -> Void
  /// The first signal that came while they were held or watched.
  var seen: @Sendable () -> Int32?
  /// Ends the process by a signal, so that the caller's shell sees it.
  var end: @Sendable (_ signal: Int32) -> Void
  /// Does what SIGPIPE would have done, which this process ignores: ends it, unless it was started
  /// with that signal ignored.
  var endByBrokenPipe: @Sendable () -> Void

  /// Lets signals act again. One that came meanwhile ends the process now.
  func release() {
    restore()
    if let signal = seen() { end(signal) }
  }
}

extension Signals {
  /// For a step of a program that watches its signals itself, and ends when it has finished the step.
  static let watchedElsewhere = Signals(
    hold: { _ in }, letStopsThrough: {}, watch: { nil }, next: { _ in nil }, forget: {},
    restore: {},
    seen: { nil }, end: { _ in }, endByBrokenPipe: {})

  /// The process's signals, which it was given as `inherited`.
  static func live(_ inherited: ProgramSignals) -> Signals {
    Signals(
      hold: { what in
        // The handler writes it, so it must live as long as the program: a literal does.
        csystem_signals_hold(UnsafeRawPointer(what.utf8Start).assumingMemoryBound(to: CChar.self))
      },
      letStopsThrough: { csystem_signals_let_stops_through() },
      watch: {
        let descriptor = csystem_signals_install()
        return descriptor < 0 ? nil : descriptor
      },
      next: { descriptor in
        var number: UInt8 = 0
        return read(descriptor, &number, 1) == 1 ? Int32(number) : nil
      },
      forget: { csystem_signals_forget() },
      restore: { _ = csystem_signals_restore() },
      seen: {
        let signal = csystem_signals_seen()
        return signal == 0 ? nil : signal
      },
      end: { signal in
        Glibc.signal(signal, SIG_DFL)
        raise(signal)
        // Blocked or ignored by the program that started us: the exit code says the same.
        exit(128 + signal)
      },
      endByBrokenPipe: {
        inherited.restore()
        raise(SIGPIPE)
      })
  }
}
