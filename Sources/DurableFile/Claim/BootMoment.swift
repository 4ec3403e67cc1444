import Glibc

/// A moment by the clock that counts from the machine's boot (CLOCK_BOOTTIME), which can't be set and
/// goes on while the machine sleeps.
public struct BootMoment: Equatable, Sendable {
  /// Names the boot.
  public let boot: String
  /// Seconds since then.
  public let seconds: Int

  /// A moment of this boot, or of another one.
  public init(boot: String, seconds: Int) {
    (self.boot, self.seconds) = (boot, seconds)
  }

  /// The present moment.
  public static var now: BootMoment {
    var reading = timespec()
    clock_gettime(CLOCK_BOOTTIME, &reading)
    return BootMoment(boot: ProcessIdentity.current.boot, seconds: reading.tv_sec)
  }

  /// Seconds that have passed since; nil when the machine was booted meanwhile, or that can't be told.
  public var secondsAgo: Int? {
    let now = Self.now
    return boot == now.boot && boot != ProcessIdentity.unknownBoot ? now.seconds - seconds : nil
  }
}
