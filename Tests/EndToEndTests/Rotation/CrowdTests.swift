import Foundation
import TestSupport
import Testing

@Suite("Many runs at once on one file", .serialized)
struct CrowdTests {
  private static let size = 20

  @Test("twenty at once make one request and end with one token, ten times over")
  func oneRequest() throws {
    let stage = try RotationStage()
    for round in 1...10 {
      stage.makeDue()
      let before = stage.access
      let runs = try (0..<Self.size).map { number in
        try stage.start(number % 4 == 3 ? ["refresh"] : ["token", "--min-validity", "10m"])
      }
      let outcomes = runs.map { $0.wait(seconds: 60) }
      #expect(outcomes.allSatisfy { $0.status == 0 })
      let printed = Set(outcomes.map(\.output)).subtracting([""])
      #expect(printed == ["\(stage.access ?? "")\n"])
      #expect(stage.access != before)
      #expect(stage.outcomes == Array(repeating: "refreshed", count: round))
    }
    #expect(try stage.isAlive())
  }

  @Test("twenty forced runs at once make one request too")
  func forced() throws {
    let stage = try RotationStage(sandbox: ["--delay", "1500"])
    let runs = try (0..<Self.size).map { _ in try stage.start(["refresh", "--force"]) }
    let outcomes = runs.map { $0.wait(seconds: 60) }
    #expect(outcomes.allSatisfy { $0.status == 0 })
    #expect(outcomes.count { $0.errors.contains("renewed by another run meanwhile") } == 19)
    #expect(stage.outcomes == ["refreshed"])
  }

  @Test("half of them killed at random moments: the grant lives, or the next run brings it back")
  func killed() throws {
    var stage = try RotationStage()
    var killed = 0
    for _ in 0..<15 {
      stage.makeDue()
      let runs = try (0..<Self.size).map { number in
        let run = try stage.start(["token", "--min-validity", "10m"])
        // Half of them live; the others are given about as long as a whole run takes.
        if number.isMultiple(of: 2) {
          DispatchQueue.global().asyncAfter(deadline: .now() + .random(in: 0...0.03)) {
            run.signal(SIGKILL)
          }
        }
        return run
      }
      let statuses = runs.map { $0.wait(seconds: 60).status }
      #expect(statuses.allSatisfy { $0 == 0 || $0 == 137 })
      killed += statuses.count { $0 == 137 }
      // Whatever was cut off: no spent token came to the server again.
      #expect(!stage.outcomes.contains("replayed"))
      #expect(stage.outcomes.count { $0 == "refreshed" } == stage.outcomes.count)
      if try answerWasLost(stage) {
        stage = try RotationStage()
        continue
      }
      if try stage.run("refresh").status == 75 {
        // One was killed when it had claimed the token, and wouldn't have sent it before a while.
        try stage.ageJournal(301)
        #expect(try stage.run("refresh").status == 0)
      }
      #expect(try stage.isAlive())
    }
    #expect(killed > 15)
  }

  /// The one thing that no program can undo: a run that is killed while the answer is on its way to
  /// it. It must be known as such.
  private func answerWasLost(_ stage: RotationStage) throws -> Bool {
    let shown = try stage.run("show", "--json").output
    guard shown.contains("no answer came to the renewal of ") else { return false }
    #expect(try stage.run("refresh").status == 75)
    try stage.ageJournal(301)
    #expect([0, 3].contains(try stage.run("refresh", "--force").status))
    return true
  }
}
