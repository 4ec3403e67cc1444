import CSystem
import Glibc

/// Holding signals back.
struct Signals: Sendable {
  /// Holds every signal that can be held. One that would have ended the process prints `what`
  /// instead.
  var hold: @Sendable (_ what: StaticString) -> Void
  /// Lets those through that only stop the process, while a program runs that may be stopped too.
  var letStopsThrough: @Sendable () -> Void
  /// Lets all through again, and returns the first that came meanwhile.
  var letThrough: @Sendable () -> Int32?
  /// Ends the process by a signal, so that the caller's shell sees it.
  var end: @Sendable (_ signal: Int32) -> Void
  /// A descriptor that is readable once a signal has come, for a poll loop; nil if there is none.
  /// From the call on, the signals no longer end the process by themselves.
  var watch: @Sendable () -> Int32?
  /// Ends the watch: signals act again as they did before, and so does one that came meanwhile.
  var unwatch: @Sendable () -> Void
  /// Ends the process by the signal that came while watching.
  var endBySignalSeen: @Sendable () -> Void

  /// Lets signals through again: one that came meanwhile ends the process now.
  func release() {
    if let signal = letThrough() { end(signal) }
  }
}

extension Signals {
  /// The process's signals.
  static let live = Signals(
    hold: { what in
      // The handler writes it, so it must live as long as the program: a literal does.
      csystem_signals_hold(UnsafeRawPointer(what.utf8Start).assumingMemoryBound(to: CChar.self))
    },
    letStopsThrough: { csystem_signals_let_stops_through() },
    letThrough: {
      let signal = csystem_signals_restore()
      return signal == 0 ? nil : signal
    },
    end: end(by:),
    watch: {
      let descriptor = csystem_signals_install()
      return descriptor < 0 ? nil : descriptor
    },
    unwatch: {
      // One that came in this very moment, and that no loop has looked at.
      let signal = csystem_signals_restore()
      if signal != 0 { end(by: signal) }
    },
    endBySignalSeen: {
      let signal = csystem_signals_restore()
      end(by: signal == 0 ? SIGINT : signal)
    })

  @Sendable private static func end(by signal: Int32) {
    Glibc.signal(signal, SIG_DFL)
    raise(signal)
    // Blocked or ignored by the program that started us: the exit code says the same.
    exit(128 + signal)
  }
}
