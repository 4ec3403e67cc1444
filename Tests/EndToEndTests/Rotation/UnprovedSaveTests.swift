import Foundation
import TestSupport
import Testing

/// A save is tried with the hardest values that X may answer with, to its last step but one, before
/// anything is sent.
@Suite("Saves that would fail once the token is used: refused before it is")
struct UnprovedSaveTests {
  /// A stage that has its journal, with nothing sent since.
  private func renewedStage() throws -> RotationStage {
    let stage = try RotationStage()
    try #require(stage.run("refresh", "--force").status == 0)
    return stage
  }

  /// Expects that nothing was sent, and that the next run renews once `mended`.
  private func expectRefusal(
    _ run: Child.Outcome, of stage: RotationStage, after outcomes: [String] = ["refreshed"],
    code: String, mentioning words: String = "error", mended: () -> Void = {}
  ) throws {
    #expect(run.status == 4)
    #expect(run.output.contains(#""code":"\#(code)""#), "\(run.output)")
    #expect(run.output.contains(words), "\(run.output)")
    #expect(stage.outcomes == outcomes)
    mended()
    #expect(try stage.run("refresh", "--force").status == 0)
    #expect(stage.outcomes == outcomes + ["refreshed"])
    #expect(try stage.isAlive())
  }

  @Test(
    "an open quote above the tokens: a token that needs quotes would become a part of that value",
    arguments: ["\"", "'"])
  func openQuote(quote: String) throws {
    let stage = try RotationStage()
    let text = stage.text
    stage.folder.write("# a note\nNOTE=\(quote)cut off\n\(text)", to: ".env")
    let run = try stage.run("refresh", "--json")
    try expectRefusal(run, of: stage, after: [], code: "open_quote", mentioning: "line 2") {
      stage.folder.write("# a note\nNOTE=\(quote)cut off\(quote)\n\(text)", to: ".env")
    }
  }

  @Test("room for today's tokens alone below the limit on sizes")
  func size() throws {
    let stage = try RotationStage()
    let text = stage.text
    let limit = (1 << 20) + (128 << 10)
    let filler = String(repeating: "x", count: limit - 98 - text.utf8.count - 2)
    stage.folder.write("\(text)#\(filler)\n", to: ".env")
    #expect(stage.folder.bytes(".env")?.count == limit - 98)
    let run = try stage.run("refresh", "--json")
    try expectRefusal(run, of: stage, after: [], code: "file_too_large") {
      stage.folder.write(text, to: ".env")
    }
  }

  @Test(
    "a quota that shows when the file is synced, however it will be saved",
    .enabled(if: canTrace), arguments: [1, 2])
  func quota(links: Int) throws {
    let stage = try renewedStage()
    if links == 2 { link(stage.path, stage.folder.file("other")) }
    let run = try stage.runTraced(
      RotationStage.failing("fsync", "EDQUOT"), "refresh", "--force", "--json")
    try expectRefusal(run, of: stage, code: "quota")
  }

  @Test("a limit on file sizes that the journal's second slot is beyond")
  func limit() throws {
    let stage = try renewedStage()
    // In blocks of 512 bytes (POSIX), so 132 KiB; each slot has 128.
    let script = "ulimit -f 264; exec \"$0\" refresh --force --json"
    let run = try Child.run(
      "/bin/sh", ["-c", script, Child.built("xauth")], environment: stage.environment,
      folder: stage.folder.path)
    try expectRefusal(run, of: stage, code: "file_size_limit", mentioning: "ulimit -f")
  }
}
