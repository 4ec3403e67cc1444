import CommandTable
import Testing

@Suite("Typed options")
struct OptionRowTests {
  private enum Side: String, CaseIterable, Sendable { case port, starboard = "star-board" }

  private struct Values: Sendable, Equatable {
    var force = false
    var crew: String?
    var notes: [String] = []
    var wait = 0
    var isWaitGiven = false
    var side = Side.starboard
    var isSideGiven = false
  }

  private static let rows: [OptionRow<Values>] = [
    .flag("force", \.force, help: "h"), .text("crew", \.crew, OptionValue("NAME"), help: "h"),
    .list("note", \.notes, OptionValue("TEXT"), help: "h"),
    .duration("wait", \.wait, default: 75 * 60, isGiven: \.isWaitGiven, help: "h"),
    .choice("side", \.side, "SIDE", default: .port, isGiven: \.isSideGiven, help: "h"),
  ]

  private func values(_ arguments: String...) throws -> Values {
    let load = Command("load", section: "S", summary: "s", options: Self.rows.map(\.option))
    let tool = Tool(name: "ferry", summary: "s", commands: [load])
    let invocation = try tool.parse(["load"] + arguments)
    var values = Values()
    for row in Self.rows { row.read(invocation, into: &values) }
    return values
  }

  @Test("without an option its default holds, which is what help tells")
  func defaults() throws {
    #expect(try values() == Values(wait: 75 * 60, side: .port))
    #expect(
      Self.rows.map { $0.option.value?.defaultValue } == [nil, nil, nil, "75m", "port"])
  }

  @Test("what is given comes in its type")
  func given() throws {
    let values = try values(
      "--force", "--crew", "ann", "--note=a", "--note=b", "--wait", "75m", "--side=star-board")
    #expect(
      values
        == Values(
          force: true, crew: "ann", notes: ["a", "b"], wait: 4500, isWaitGiven: true,
          side: .starboard, isSideGiven: true))
  }

  @Test("choices are the cases, by their raw values")
  func choices() {
    #expect(Self.rows.last?.option.value?.kind == .choice(["port", "star-board"]))
  }
}
