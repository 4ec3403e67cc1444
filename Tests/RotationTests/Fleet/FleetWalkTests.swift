import TestSupport
import Testing

@testable import OAuth
@testable import Rotation

/// Machines that are killed, cut off and delayed at random.
@Suite("Several machines at random")
struct FleetWalkTests {
  /// As many as take a few seconds.
  private static let seeds: UInt64 = 24

  @Test("no schedule spends a token whose successor can be reached, or loses one that was kept")
  func walk() throws {
    for seed in 0..<Self.seeds {
      var walk = try Walk(seed: seed)
      for _ in 0..<160 { walk.step() }
      walk.check()
    }
  }
}

private struct Walk {
  let seed: UInt64
  let world: World
  private var random: SeededGenerator
  private var runs: [Int: Run] = [:]
  private var log: [String] = []
  /// For how long a request waits between the last look at the clock and its packet.
  private var hesitation = 0.0

  init(seed: UInt64) throws {
    (self.seed, random) = (seed, SeededGenerator(seed: seed))
    let replay = SimulatedX.Replay.allCases[Int(seed % 2)]
    world = try World(2 + Int(seed / 2 % 2), replay: replay, expiresIn: 3600)
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  mutating func step() {
    let number = Int.random(in: 0..<world.machines.count, using: &random)
    let machine = world.machines[number]
    guard let run = runs[number], !run.isOver else {
      return chance(60) ? begin(number) : pause()
    }
    if chance(4) {
      log.append("\(machine.name) is killed at \(run.point)")
      return run.kill()
    }
    if chance(5) { machine.isCutOff.toggle() }
    if chance(6) {
      machine.storeFaults.append(
        [.lost, .answerLost, .late(200), .notSent].randomElement(using: &random) ?? .lost)
    }
    if chance(6) {
      machine.requestFaults.append(
        [.lost, .answerLost, .late(30), .serverError, .notSent].randomElement(using: &random)
          ?? .lost)
    }
    if chance(5) { return pause() }
    // Who sleeps is left alone most times while others are awake.
    if run.wakesAt > world.time, chance(70) { return }
    if run.wakesAt > world.time { flush(run.wakesAt - world.time) }
    run.step()
    if run.isOver { log.append("\(machine.name): \(run.result)") }
  }

  private mutating func begin(_ number: Int) {
    let machine = world.machines[number]
    let kind = Int.random(in: 0..<100, using: &random)
    log.append(
      "\(machine.name) begins \(kind < 88 ? "a refresh" : kind < 95 ? "a forced one" : "a login")")
    runs[number] =
      kind < 95 ? machine.beginRefresh(force: kind >= 88) : machine.beginLogin(waiting: true)
  }

  private mutating func pause() {
    let seconds = [1, 5, 20, 100, 400, 1800, 4000].randomElement(using: &random) ?? 1
    flush(Double(seconds))
    log.append("\(seconds) s")
    world.wait(Double(seconds))
  }

  /// A request that has looked at the clock is on its way within seconds: what comes later than the others
  /// reckon with is what nobody can help.
  private mutating func flush(_ seconds: Double) {
    hesitation += seconds
    guard hesitation > 10 else { return }
    hesitation = 0
    for run in runs.values where run.point == .request { run.step() }
  }

  mutating func check() {
    for machine in world.machines {
      (machine.storeFaults, machine.requestFaults, machine.isCutOff) = ([], [], false)
    }
    for run in runs.values where run.point == .request { run.step() }
    for (_, run) in runs.sorted(by: { $0.key < $1.key }) { run.finish() }
    world.wait(1000)
    let live = world.x.live
    let isHeld =
      live.map { live in
        world.machines.contains { $0.holds(live) }
          || world.shared?.grant.refreshToken?.reveal() == live
      } ?? false
    let story = Comment(rawValue: "seed \(seed): \(log.suffix(60).joined(separator: "; "))")
    if isHeld { #expect(world.settle(), story) }
    #expect(world.broken.isEmpty, story)
  }
}
