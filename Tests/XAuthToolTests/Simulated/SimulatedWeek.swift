import Foundation
import Testing

@testable import XAuthTool

/// A week of one machine: what happens to it, what cron mails of that, and whether it is so.
final class SimulatedWeek {
  /// What followed from something that happened.
  struct Episode {
    let runs: [SimulatedMachine.Run]
    /// What `show` said after each of them.
    let shows: [World.Outcome]
    /// Minutes for which the token in the file was dead.
    let minutesDead: Int

    /// When cron mailed something, in minutes after what happened.
    let mailed: [Int]
    var mails: [String] { runs.map(\.mail).filter { !$0.isEmpty } }
    /// The exit codes of `show`, without repetitions.
    var showExits: [Int32] {
      shows.map(\.status).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
  }

  let machine = SimulatedMachine()
  private let start: Int
  private(set) var table = "time | what happens | what cron mails | show | min dead\n"

  var world: World { machine.world }
  var x: SimulatedX { machine.x }

  init() { start = machine.world.now }

  /// How many days have passed.
  var days: Double { Double(world.now - start) / 86_400 }

  /// Lets something happen, at once or when the access token has so many minutes left (a renewal is due at
  /// 60), and then cron run for so many hours.
  func after(
    _ event: String, hours: Int, whenLeft minutes: Int? = nil, _ happens: () throws -> Void
  ) rethrows -> Episode {
    if let minutes {
      for _ in 0..<36 where machine.secondsLeft != minutes * 60 { machine.runCron() }
    }
    try happens()
    let (begin, dead) = (world.now, machine.totalDeath)
    var runs: [SimulatedMachine.Run] = []
    var shows: [World.Outcome] = []
    for _ in 0..<hours * 3600 / SimulatedMachine.period {
      let run = machine.runCron { [self] run in
        let show = world.run("show")
        expectTruth(run.mail, run)
        expectTruth(show.output, run)
        if show.status == 3 { #expect(!x.accepts(world.refresh), "\(show.output)") }
        shows.append(show)
      }
      runs.append(run)
    }
    let episode = Episode(
      runs: runs, shows: shows, minutesDead: (machine.totalDeath - dead) / 60,
      mailed: runs.filter { !$0.mail.isEmpty }.map { ($0.time - begin) / 60 })
    tabulate(event, at: begin, episode)
    return episode
  }

  private func tabulate(_ event: String, at begin: Int, _ episode: Episode) {
    var rows = [(begin, event, "", "", "\(episode.minutesDead)")]
    var last: Int32?
    for (run, show) in zip(episode.runs, episode.shows) {
      guard !run.mail.isEmpty || last != show.status else { continue }
      let words = "\(show.status): \(show.output.split(separator: "\n").first ?? "")"
      let mail = run.mail.isEmpty ? "-" : "exit \(run.status): \(run.mail)"
      rows.append((run.time, "", mail.split(separator: "\n").joined(separator: " /"), words, ""))
      last = show.status
    }
    for (time, event, mail, show, dead) in rows {
      table += [Times.dated(time), event, mail, show, dead].joined(separator: " | ") + "\n"
    }
  }
}

// MARK: Whether it is so

extension SimulatedWeek {
  /// Expects that every time and every claim in `text` is true, as of the end of `run`.
  private func expectTruth(_ text: String, _ run: SimulatedMachine.Run) {
    let place: Comment = "\(text)"
    let now = world.now + world.clockError
    let end = x.end(of: world.access).map { Times.local($0 + world.clockError, now: now) }
    let tries = machine.requests.map { (Times.local($0.time, now: now), $0.isGranted) }
    let times = text.matches(of: /(\w+(?: at| of| +)) ?((?:\d{4}-\d\d-\d\d )?\d\d:\d\d)/)
    #expect(times.count == text.matches(of: /\d\d:\d\d/).count, place)
    for match in times {
      switch match.1.split(separator: " ").joined(separator: " ") {
      case "until", "expired at": #expect(match.2 == end ?? "never", place)
      case "from", "again at":
        // Nobody can be asked for the future; the day shows that the renewal does come.
        break
      case "renewal of", "400 at": #expect(tries.contains { $0.0 == match.2 }, place)
      case "renewed", "login of": #expect(tries.contains { $0.0 == match.2 && $0.1 }, place)
      case let other: Issue.record("nobody has said how to test '\(other) \(match.2)'")
      }
    }
    if text.contains("nothing was sent") { #expect(run.departures == 0, place) }
    if text.contains("was not sent again") { #expect(run.requests == 0, place) }
    if text.contains("works until") || text.contains("valid until") {
      #expect(machine.secondsLeft > 0, place)
    }
    if text.contains("refused the refresh token") { #expect(!x.accepts(world.refresh), place) }
    for match in text.matches(of: /answered with(?: a server error)? \(?(\d{3})/) {
      #expect(x.answers.contains { "\($0.status)" == match.1 }, place)
    }
    for match in text.matches(of: /"([^"]+)"/) {
      #expect(x.answers.contains { $0.body.contains(match.1) }, place)
    }
    for match in text.matches(of: /\(([^()]+) left\)/) {
      #expect(match.1 == Spans.words(machine.secondsLeft), place)
    }
  }
}
