import Foundation

@testable import OAuth
@testable import Rotation

/// X, a store and several machines, in a time that goes on only when somebody sleeps.
///
/// One thread runs at a time: a process stops at each point where it touches the world, and goes on when the
/// test says so. So nothing here needs a lock.
final class World: @unchecked Sendable {
  /// What goes wrong with one call of a machine.
  enum Fault: Equatable {
    /// It doesn't leave the machine.
    case notSent
    /// It is lost, and the machine hears nothing.
    case lost
    /// It takes place, and the answer is lost.
    case answerLost
    /// It takes place so many seconds later, and the machine hears nothing.
    case late(Double)
    /// The server can't do it now, and says so.
    case serverError
  }

  /// A moment at which something takes place by itself.
  private struct Late {
    let time: Double
    let act: () -> Void
  }

  static let start = 1_800_000_000.0
  var time = start
  var x: SimulatedX
  /// What the place holds, and its revision.
  var entries: [String: String]?
  var revision = 0
  private var late: [Late] = []
  private var ids = 0
  /// What broke: replays of a token whose successor could be reached, and grants that went back.
  var broken: [String] = []
  var machines: [Machine] = []

  init(_ count: Int, replay: SimulatedX.Replay = .refused, expiresIn: Double = 7200) throws {
    x = SimulatedX(replay: replay, firstExpiry: time + expiresIn)
    for number in 0..<count {
      machines.append(try Machine("m\(number)", in: self, expiresAt: Int(time + expiresIn)))
    }
  }

  func newID() -> String {
    ids += 1
    return String(ids)
  }

  /// Lets time go on.
  func wait(_ seconds: Double) { advance(to: time + seconds) }

  func advance(to moment: Double) {
    while let next = late.filter({ $0.time <= moment }).min(by: { $0.time < $1.time }) {
      late.removeAll { $0.time == next.time }
      time = max(time, next.time)
      next.act()
    }
    time = max(time, moment)
  }

  func later(_ seconds: Double, _ act: @escaping () -> Void) {
    // No two at the same moment.
    late.append(Late(time: time + seconds + Double(late.count) * 0.001, act: act))
  }

  // The store.

  var shared: SharedGrant? { entries.flatMap { try? SharedGrant(entries: $0) } }

  func swap(_ new: [String: String], over old: StoreRevision?, by machine: String) -> StoreSwap {
    guard old == entries.map({ _ in StoreRevision("\(revision)") }) else { return .changed }
    let before = shared
    entries = new
    revision += 1
    if let before, let after = shared, !after.grant.isBlank,
      x.age(of: after.grant.refreshToken?.reveal()) < x.age(of: before.grant.refreshToken?.reveal())
    {
      broken.append("\(machine) put an older grant into the store")
    }
    return .swapped(StoreRevision("\(revision)"))
  }

  /// A backup of the store comes back.
  func restore(_ backup: [String: String]?) {
    entries = backup
    revision += 1
  }

  // X.

  func answer(_ request: TokenEndpointRequest, from machine: Machine) -> ServerAnswer {
    let before = x.replays.count
    let answer = x.answer(request, from: machine.name, at: time)
    if x.replays.count > before, let replay = x.replays.last { check(replay, by: machine) }
    return answer
  }

  /// A used token may come again only while nobody who can be asked has its successor.
  private func check(_ replay: SimulatedX.Arrival, by machine: Machine) {
    guard let successor = x.successors[replay.token] else { return }
    if shared?.grant.refreshToken?.reveal() == successor || machine.holds(successor) {
      broken.append("\(machine.name) sent \(replay.token) again, and its successor was there")
    }
    let isOver = machine.isForced || time >= (x.expiries[replay.token] ?? 0) + 300
    for other in machines where other.name != machine.name && !isOver && other.holds(successor) {
      broken.append(
        "\(machine.name) sent \(replay.token) again too early: \(other.name) had its successor")
    }
  }
}

// MARK: How it ends

extension World {
  /// Lets every machine that is left run `refresh` every ten minutes until all have the token that works;
  /// false where they never do.
  func settle(within hours: Int = 6) -> Bool {
    for machine in machines {
      (machine.storeFaults, machine.requestFaults, machine.isCutOff) = ([], [], false)
    }
    let left = machines.filter { !$0.isLost }
    for _ in 0..<(hours * 6) {
      for machine in left { machine.refresh() }
      if x.live != nil, left.allSatisfy({ $0.token == x.live }),
        shared?.grant.refreshToken?.reveal() == x.live, shared?.intent == nil
      {
        return true
      }
      wait(600)
    }
    return false
  }
}
