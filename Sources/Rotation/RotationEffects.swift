import DurableFile
import OAuth

/// What a rotation needs of the world outside its file.
public struct RotationEffects: Sendable {
  /// What is at stake while signals are held.
  public enum Stake: Sendable {
    /// A token that is being renewed.
    case renewal
    /// A code that is being exchanged.
    case login
    /// A grant that is being revoked.
    case revocation
  }

  /// Sends one request to the token or revocation endpoint, and waits for the answer at most
  /// `deadline` seconds.
  public typealias Send =
    @Sendable (
      _ request: TokenEndpointRequest, _ deadline: Double
    ) throws(Unanswered) -> ServerAnswer

  /// The command that the run was called with, as `show` tells it.
  public var command: String
  /// Whether it has an `--on-rotate` command to run for a new token.
  public var hasHook: Bool
  /// Seconds to wait for the lock at most.
  public var lockTimeout: Double
  /// Seconds since 1970.
  public var now: @Sendable () -> Int
  /// Seconds on a clock that never jumps.
  public var uptime: @Sendable () -> Double
  /// Seconds on a clock that also counts the time for which the machine sleeps.
  public var timeSinceBoot: @Sendable () -> Double
  /// Waits so many seconds.
  public var sleep: @Sendable (_ seconds: Double) -> Void
  /// Called once if another run holds the lock.
  public var waiting: @Sendable () -> Void
  /// Keeps signals from ending or stopping the process from here on. The caller lets them through,
  /// once it is told what became of the stake.
  public var holdSignals: @Sendable (_ stake: Stake) -> Void
  /// Takes a note. Must not wait for a reader: the file is locked.
  public var note: @Sendable (RotationNote) -> Void
  /// 128 random bits in hexadecimal, new at each call.
  public var newID: @Sendable () -> String
  /// Told as the rotation passes from step to step: tests end the process there.
  public var reached: @Sendable (RotationStep) -> Void

  /// Effects from their parts.
  public init(
    command: String, hasHook: Bool, lockTimeout: Double = Rotation.lockTimeout,
    now: @escaping @Sendable () -> Int, uptime: @escaping @Sendable () -> Double,
    timeSinceBoot: @escaping @Sendable () -> Double,
    sleep: @escaping @Sendable (Double) -> Void, waiting: @escaping @Sendable () -> Void,
    holdSignals: @escaping @Sendable (Stake) -> Void,
    note: @escaping @Sendable (RotationNote) -> Void,
    newID: @escaping @Sendable () -> String = randomID,
    reached: @escaping @Sendable (RotationStep) -> Void
  ) {
    (self.command, self.hasHook) = (command, hasHook)
    self.lockTimeout = lockTimeout
    self.now = now
    self.uptime = uptime
    self.timeSinceBoot = timeSinceBoot
    self.sleep = sleep
    self.waiting = waiting
    self.holdSignals = holdSignals
    self.note = note
    self.newID = newID
    self.reached = reached
  }

  /// The machine's name, for people.
  var host: String {
    ProcessIdentity.current.text.split(separator: "\n").first.map(String.init) ?? ""
  }

  /// An id from the system's random numbers.
  public static let randomID: @Sendable () -> String = {
    (0..<4).map { _ in
      let digits = String(UInt32.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}
