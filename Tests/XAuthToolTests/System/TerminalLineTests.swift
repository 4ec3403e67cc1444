import OAuth
import Testing

@testable import XAuthTool

@Suite struct TerminalLineTests {
  /// The line that comes of `keys`, which must all be taken without another effect.
  private func line(_ keys: String) -> PasteEvent {
    var line = TerminalLine()
    for byte in keys.utf8 {
      let step = line.take(byte)
      #expect(step == .edited || step == .ignored)
    }
    return line.finish()
  }

  @Test(
    "Keys edit, and what is no text leaves no trace",
    arguments: [
      ("plain", "plain"),
      ("abc\u{7F}d", "abd"),
      ("abc\u{8}", "ab"),
      ("añ\u{7F}b", "ab"),
      ("a🦊\u{7F}b", "ab"),
      ("\u{7F}\u{7F}a", "a"),
      ("wrong\u{15}right", "right"),
      ("a\tb\u{0}c", "abc"),
      ("half\u{4}", "half"),
      ("\u{1B}[200~code\u{1B}[201~", "code"),
      ("\u{1B}[200~co\u{3}\u{4}\u{15}de\u{1B}[201~", "code"),
      ("a\u{1B}[Db\u{1B}[1;5Cc\u{1B}OPd", "abcd"),
      ("\u{1B}https", "https"),
      ("\u{1B}[12\u{7F}a", "a"),
      ("\u{1B}[99999999999999999999999~a", "a"),
    ])
  func editing(_ keys: String, _ expected: String) {
    #expect(line(keys) == .text(Secret(expected)))
  }

  @Test("Enter ends the line, whichever of the two characters it sends")
  func enter() {
    var line = TerminalLine()
    #expect(line.take(0x0D) == .enter)
    #expect(line.take(0x0A) == .enter)
    #expect(line.finish() == .none)
  }

  @Test("Ctrl-D ends the input on an empty line alone")
  func endOfInput() {
    var line = TerminalLine()
    #expect(line.take(0x04) == .endOfInput)
    #expect(line.take(UInt8(ascii: "a")) == .edited)
    #expect(line.take(0x04) == .ignored)
  }

  @Test("The keys are as the user has set them; one that is switched off is none")
  func keys() {
    var keys = TerminalLine.Keys()
    keys.suspend = 0x18
    keys.kill = 0
    var line = TerminalLine(keys: keys)
    #expect(line.take(0x18) == .suspend)
    #expect(line.take(0x1A) == .ignored)
    keys.suspend = 0
    line = TerminalLine(keys: keys)
    #expect(line.take(0x00) == .ignored)
  }

  @Test("Of a line that the terminal has edited every byte counts, up to its end")
  func edited() {
    var line = TerminalLine()
    for byte in "a\tb\u{1}".utf8 { #expect(line.takeEdited(byte) == .edited) }
    #expect(line.takeEdited(0x0A) == .enter)
    #expect(line.finish() == .text(Secret("a\tb\u{1}")))
  }

  @Test("A line over the limit is dropped whole, and the next one is good again")
  func limit() {
    let most = String(repeating: "a", count: TerminalLine.limit)
    #expect(line(most) == .text(Secret(most)))
    #expect(line(most + "b") == .tooLong)
    #expect(line(most + "b\u{15}c") == .text(Secret("c")))
    var line = TerminalLine()
    for byte in (most + "b").utf8 { _ = line.take(byte) }
    #expect(line.finish() == .tooLong)
    _ = line.take(UInt8(ascii: "c"))
    #expect(line.finish() == .text(Secret("c")))
  }

  @Test("Characters are counted, not bytes")
  func count() {
    var line = TerminalLine()
    for byte in "añ🦊".utf8 { _ = line.take(byte) }
    #expect(line.count == 3)
  }

  @Test("A paste event doesn't print what was pasted")
  func description() {
    #expect(!"\(line("code"))".contains("code"))
    #expect(!String(reflecting: line("code")).contains("code"))
  }
}
