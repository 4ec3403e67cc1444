import Testing

/// Cron renews for a day in which one thing goes wrong.
@Suite("A simulated day under cron, with one fault at each time")
struct SimulatedDayTests {
  /// Something that goes wrong, and for how long.
  struct Trouble: CustomTestStringConvertible, Sendable {
    let name: String
    let fault: SimulatedX.Fault
    /// One minute is gone before cron's next run.
    var minutes = 1

    var testDescription: String { minutes == 1 ? name : "\(name) for \(minutes) min" }

    static let everywhere = [
      Trouble(name: "500", fault: .answer(500, "")),
      Trouble(name: "connection refused", fault: .notReached),
      Trouble(name: "no answer", fault: .silence(hasRenewed: false)),
    ]
    static let others = [
      Trouble(name: "503", fault: .answer(503, #"{"title":"Service Unavailable","status":503}"#)),
      Trouble(name: "502 and a page", fault: .answer(502, "<html><h1>Bad Gateway</h1></html>")),
      Trouble(name: "429", fault: .answer(429, "Too Many Requests")),
    ]
    static let outages = [20, 60, 180].flatMap { minutes in
      everywhere.map { Trouble(name: $0.name, fault: $0.fault, minutes: minutes) }
    }
  }

  /// The day without a fault, as it stands before each of cron's runs.
  private static let slots: [SimulatedMachine] = {
    let machine = SimulatedMachine()
    return (0..<24 * 3600 / SimulatedMachine.period).map { _ in
      defer { machine.runCron() }
      guard let copy = try? SimulatedMachine(machine) else {
        fatalError("a folder can't be copied")
      }
      return copy
    }
  }()

  /// A machine after `trouble`, which began now. Once X has renewed again, or if nothing was sent
  /// meanwhile, the rest of the day is the one without a fault.
  private func end(of trouble: Trouble, on machine: SimulatedMachine) -> SimulatedMachine {
    let from = machine.world.now
    let until = from + trouble.minutes * 60
    machine.x.faults = [(from, until, trouble.fault)]
    repeat { machine.runCron() } while machine.world.now < until
    let isMet = machine.runs.contains { $0.requests > 0 }
    while isMet, machine.x.answers.last.map({ $0.status != 200 }) ?? true,
      machine.runs.count < 72
    {
      machine.runCron()
    }
    return machine
  }

  /// Expects what holds as long as X refuses nothing.
  private func expectNoGap(_ trouble: Trouble, on machine: SimulatedMachine, _ place: String) {
    let until = machine.x.faults[0].until
    #expect(
      machine.longestDeath <= trouble.minutes * 60 + SimulatedMachine.period, "\(place)")
    #expect(machine.x.replays == 0, "\(place)")
    #expect(machine.runs.last?.status == 0, "\(place)")
    for run in machine.runs {
      // Nobody has to log in, and whoever is told something is told by the exit code too.
      #expect(run.status == (run.mail.isEmpty ? 0 : 75), "\(place): \(run)")
      if run.secondsLeft >= 25 * 60 { #expect(run.mail.isEmpty, "\(place): \(run)") }
      if run.time >= until + SimulatedMachine.period {
        #expect(run.secondsLeft > 0 && run.mail.isEmpty, "\(place): \(run)")
      }
    }
  }

  /// The same of a fault that nobody notices.
  private func expectNothingToNotice(of trouble: Trouble, at slot: Int) throws {
    let machine = end(of: trouble, on: try SimulatedMachine(Self.slots[slot]))
    expectNoGap(trouble, on: machine, "slot \(slot)")
    #expect(machine.longestDeath == 0, "slot \(slot)")
    #expect(machine.runs.allSatisfy { $0.mail.isEmpty }, "slot \(slot)")
  }

  @Test("one fault, whenever it comes, is neither felt nor mailed", arguments: Trouble.everywhere)
  func everywhere(trouble: Trouble) throws {
    for slot in Self.slots.indices { try expectNothingToNotice(of: trouble, at: slot) }
  }

  @Test("nor is a fault of another kind", arguments: Trouble.others)
  func others(trouble: Trouble) throws {
    for slot in stride(from: 0, to: Self.slots.count, by: 7) {
      try expectNothingToNotice(of: trouble, at: slot)
    }
  }

  @Test("an outage costs no more than its length and a period of cron", arguments: Trouble.outages)
  func outages(trouble: Trouble) throws {
    for slot in [3, 43] {
      expectNoGap(
        trouble, on: end(of: trouble, on: try SimulatedMachine(Self.slots[slot])), "slot \(slot)")
    }
  }

  @Test("whatever is left when a fault comes", arguments: Trouble.everywhere)
  func left(trouble: Trouble) {
    for minutes in [1, 19, 21, 24, 25, 26, 46] {
      let machine = end(of: trouble, on: SimulatedMachine(grantFor: minutes * 60))
      expectNoGap(trouble, on: machine, "\(minutes) min left")
      if minutes > 20 { #expect(machine.longestDeath == 0, "\(minutes) min left") }
    }
  }

  @Test("a suspended app is told each time that X says so, while the token lives too")
  func suspended() throws {
    let body =
      #"{"title":"Forbidden","detail":"This application has been suspended.","status":403}"#
    let trouble = Trouble(name: "403", fault: .answer(403, body))
    for slot in stride(from: 0, to: Self.slots.count, by: 7) {
      let machine = end(of: trouble, on: try SimulatedMachine(Self.slots[slot]))
      #expect(machine.longestDeath == 0, "slot \(slot)")
      let told = machine.runs.filter { !$0.mail.isEmpty }
      #expect(told.count == machine.x.answers.count { $0.status == 403 }, "slot \(slot)")
      #expect(told.allSatisfy { $0.status == 75 && $0.mail.contains("has been suspended") })
    }
  }

  @Test("an answer that is lost once X has renewed ends the grant: that is told, and not too often")
  func lostAnswer() throws {
    let machine = try SimulatedMachine(Self.slots[30])
    machine.x.nextFaults = [.silence(hasRenewed: true)]
    for _ in 0..<50 * 3600 / SimulatedMachine.period { machine.runCron() }
    #expect(machine.x.replays == 1)
    let told = machine.runs.filter { !$0.mail.isEmpty }
    #expect(told.allSatisfy { $0.status == 3 && $0.mail.contains("login") })
    // When X refuses the token, when the access token has ended, and then once a day.
    let start = machine.runs[0].time
    #expect(told.map { ($0.time - start) / 60 } == [40, 60, 60 + 24 * 60, 60 + 48 * 60])
    #expect(machine.runs.dropFirst(2).allSatisfy { $0.status == 3 })
  }
}
