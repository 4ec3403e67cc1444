import Foundation
import Testing

@testable import XAuthTool

/// Seven days under cron, with one thing after the other. A file that `SIMULATED_WEEK` names gets the table.
@Suite("A simulated week under cron")
struct SimulatedWeekTests {
  private static let suspension =
    #"{"title":"Forbidden","detail":"This application has been suspended.","status":403}"#

  @Test("tells what a person has to know when that is needed, and nothing that isn't so")
  func week() throws {
    let week = SimulatedWeek()
    let disk = SmallDisk(at: week.world.folder.path)
    week.world.write(access: "access0", refresh: "refresh0", expiresIn: SimulatedX.lifetime)

    expectQuiet(week.after("nothing", hours: 5) {})
    let outage = week.after("nothing listens at X for 2 h", hours: 19, whenLeft: 60) {
      week.x.faults = [(week.world.now, week.world.now + 2 * 3600, .notReached)]
    }
    #expect(outage.minutesDead == 60)
    // While another run comes in time, nobody is told.
    #expect(outage.mailed == [40, 60, 80, 100])
    #expect(outage.mails.allSatisfy { $0.contains("nothing was sent") })
    #expect(outage.showExits == [0])

    for count in 1...2 {
      let errors = week.after("X answers with 500, times \(count)", hours: 12, whenLeft: 60) {
        week.x.nextFaults = Array(repeating: .answer(500, ""), count: count)
      }
      #expect(errors.minutesDead == 0)
      #expect(errors.mailed == (count == 1 ? [] : [40]))
      #expect(errors.showExits == [0])
    }

    let suspended = week.after("the app is suspended for 3 h", hours: 24, whenLeft: 60) {
      week.x.faults = [
        (week.world.now, week.world.now + 3 * 3600, .answer(403, Self.suspension))
      ]
    }
    #expect(suspended.minutesDead == 120)
    #expect(suspended.mailed == [0, 40, 60, 80, 100, 120, 140, 160])
    #expect(
      suspended.mails.allSatisfy { $0.contains("403: \"This application has been suspended.\"") })

    try clocks(week)
    try files(week, disk)
    try deadGrant(week)
    expectQuiet(week.after("nothing", hours: 24) {})
    #expect(week.days >= 7)

    if let path = ProcessInfo.processInfo.environment["SIMULATED_WEEK"] {
      try week.table.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  private func clocks(_ week: SimulatedWeek) throws {
    // Being set back by less than the token's age shows only in the boot's clock, which isn't simulated:
    // RefreshTests has that case.
    for (event, error, left) in [
      ("the clock jumps ahead by 3 h", 3 * 3600, 80), ("and back", 0, 60),
      ("the clock is set back by 1 h", -3600, 100), ("and right again", 0, 80),
    ] {
      let renewals = week.x.answers.count
      let jump = week.after(event, hours: 6, whenLeft: left) {
        week.world.clockError = error
      }
      expectQuiet(jump)
      #expect(week.x.answers.count - renewals <= 7, "a renewal an hour, and one for the jump")
    }
  }

  private func files(_ week: SimulatedWeek, _ disk: SmallDisk?) throws {
    let (path, away) = (week.world.path, week.world.folder.file("away"))
    let moved = try week.after(".env is moved away", hours: 1, whenLeft: 60) {
      try FileManager.default.moveItem(atPath: path, toPath: away)
    }
    #expect(moved.runs.allSatisfy { $0.status == 4 && $0.departures == 0 })
    #expect(moved.mailed == [0, 20, 40])
    #expect(moved.showExits == [4])
    expectQuiet(
      try week.after(".env is put back", hours: 11) {
        try FileManager.default.moveItem(atPath: away, toPath: path)
      })

    guard let disk else { return }
    let full = week.after("the disk is full", hours: 1, whenLeft: 60) { disk.fill() }
    #expect(full.runs.allSatisfy { $0.departures == 0 })
    #expect(full.minutesDead == 0)
    #expect(full.mails.allSatisfy { $0.contains("no space left") })
    #expect(!full.mails.isEmpty)
    expectQuiet(week.after("there is space again", hours: 11) { disk.clear() })
  }

  private func deadGrant(_ week: SimulatedWeek) throws {
    let dead = week.after("somebody logs in elsewhere", hours: 3, whenLeft: 60) {
      week.x.logInElsewhere(at: week.world.now)
    }
    // Once when X refuses the token, and once more when the access token has ended.
    #expect(dead.mailed == [0, 60])
    #expect(dead.mails.allSatisfy { $0.contains("login") })
    #expect(dead.runs.allSatisfy { $0.status == 3 })
    #expect(dead.showExits == [3])
    let login = week.after("whoever reads the mail logs in", hours: 21) {
      (week.world.answer, week.world.paste) = ("y", "a-code-that-X-has-just-issued")
      #expect(week.world.run("login", "--paste").status == 0)
      week.world.answer = nil
    }
    expectQuiet(login)
    #expect(login.showExits == [0])
  }

  /// Expects that nobody is told anything, and that nobody would have to be.
  private func expectQuiet(_ episode: SimulatedWeek.Episode) {
    #expect(episode.mails.isEmpty)
    #expect(episode.minutesDead == 0)
    #expect(episode.showExits == [0])
    #expect(episode.runs.allSatisfy { $0.status == 0 })
  }
}

/// A file system that is easily filled; nil where none may be mounted.
final class SmallDisk {
  private let path: String

  init?(at path: String) {
    guard mount("tmpfs", path, "tmpfs", 0, "size=1m,mode=0700") == 0 else { return nil }
    self.path = path
  }

  func fill() {
    let file = open("\(path)/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: 4096)
    while write(file, block, block.count) > 0 {}
  }

  func clear() { unlink("\(path)/filler") }

  deinit { umount2(path, Int32(MNT_DETACH)) }
}
