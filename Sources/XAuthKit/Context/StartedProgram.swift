/// A program that was started and left alone.
public struct StartedProgram: Sendable {
  /// Whether it has ended already with another status than 0, or by a signal: a launcher that
  /// found nothing to launch. Doesn't wait; false while it runs.
  public var hasFailed: @Sendable () -> Bool

  /// A started program that answers so.
  public init(hasFailed: @escaping @Sendable () -> Bool) { self.hasFailed = hasFailed }
}
