import Foundation

@testable import XAuthTool

/// A machine whose crontab has the README's line, and an X of its own. Time passes as it is told to.
final class SimulatedMachine: @unchecked Sendable {
  /// What cron's line did at one time.
  struct Run: Sendable {
    let time: Int
    /// Seconds for which X accepts the file's access token after it.
    let secondsLeft: Int
    let status: Int32
    /// What cron mails.
    let mail: String
    /// How many requests were made, and how many of them left the machine.
    let requests: Int
    let departures: Int
  }

  /// Seconds from one run to the next.
  static let period = 20 * 60

  let world: World
  let x: SimulatedX
  private(set) var runs: [Run] = []
  /// Seconds for which the token in the file has been dead, and the longest time that it was.
  private(set) var death = 0
  private(set) var longestDeath = 0
  private(set) var totalDeath = 0
  /// When requests were made, by the machine's own clock, and whether tokens came of them.
  private(set) var requests: [(time: Int, isGranted: Bool)] = []

  /// A machine with a grant whose access token lives `seconds` more.
  init(grantFor seconds: Int = SimulatedX.lifetime) {
    world = World(grantFor: seconds, access: "access0", refresh: "refresh0")
    x = SimulatedX(access: "access0", refresh: "refresh0", end: world.now + seconds)
    connect()
  }

  /// A copy that goes its own way.
  init(_ other: SimulatedMachine) throws {
    world = World()
    x = SimulatedX(other.x)
    world.now = other.world.now
    // Its file, and the state folder beside it, if there is one by now.
    unlink(world.path)
    for name in try FileManager.default.contentsOfDirectory(atPath: other.world.folder.path) {
      try FileManager.default.copyItem(
        atPath: other.world.folder.file(name), toPath: world.folder.file(name))
    }
    connect()
  }

  private func connect() {
    world.network.server = { [unowned self] in
      let answers = x.answers.count
      let step = x.step(for: $0, at: world.now)
      let isGranted = x.answers.count > answers && x.answers.last?.status == 200
      requests.append((world.now + world.clockError, isGranted))
      return step
    }
  }

  /// Seconds for which X accepts the access token in the file; negative once it doesn't.
  var secondsLeft: Int { (x.end(of: world.access) ?? 0) - world.now }

  /// Cron's line, a look at what it left, and the time to the next.
  @discardableResult
  func runCron(look: (Run) -> Void = { _ in }) -> Run {
    let (before, departed) = (requests.count, x.departures)
    let outcome = world.run("refresh", "--quiet")
    let run = Run(
      time: world.now, secondsLeft: secondsLeft, status: outcome.status,
      mail: outcome.output + outcome.errors, requests: requests.count - before,
      departures: x.departures - departed)
    runs.append(run)
    look(run)
    pass(Self.period)
    return run
  }

  /// Lets time pass. A file that isn't there holds no dead token.
  func pass(_ seconds: Int) {
    let alive = world.folder.bytes(".env") == nil ? seconds : min(max(0, secondsLeft), seconds)
    if alive > 0 { death = 0 }
    death += seconds - alive
    totalDeath += seconds - alive
    longestDeath = max(longestDeath, death)
    world.now += seconds
  }
}
