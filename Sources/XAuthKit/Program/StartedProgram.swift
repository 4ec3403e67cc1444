/// A program that was started and left alone.
struct StartedProgram: Sendable {
  /// Whether it has ended already with another status than 0, or by a signal: a launcher that
  /// found nothing to launch. Doesn't wait; false while it runs.
  var hasFailed: @Sendable () -> Bool
}
