import Foundation
import TestSupport
import Testing

@testable import XAuthTool

/// Reads pastes at the terminal as a login does, each on a line of a file, until `count` have come.
/// Shows "read" after each.
private func collect(_ count: Int, at path: String, into file: String) {
  guard PseudoTerminal.sitDown(at: path) else { exit(70) }
  let terminal = Terminal.live()
  terminal.beginPaste()
  write(2, "ready", 5)
  var collected = ""
  for _ in 0..<count {
    var event = PasteEvent.none
    let hasCome = eventually(within: 30) {
      var ready = pollfd(fd: terminal.input(), events: Int16(POLLIN), revents: 0)
      poll(&ready, 1, 50)
      event = terminal.readPaste()
      return event != .none
    }
    guard hasCome else { exit(73) }
    write(2, "read\n", 5)
    if case .text(let text) = event {
      collected += text.reveal() + "\n"
    } else {
      collected += "\(event)\n"
    }
  }
  terminal.endPaste()
  try? collected.write(toFile: file, atomically: true, encoding: .utf8)
}

@Suite struct TerminalPasteTests {
  private let terminal = PseudoTerminal()
  private let folder = TemporaryFolder()

  /// What is collected when `text` is typed once the terminal is ready.
  private func typing(_ text: String) -> Actor<Bool> {
    Actor { [terminal] in
      let isReady = terminal.shows("ready")
      terminal.type(text)
      return isReady
    }
  }

  @Test("A line of 6 KiB comes whole, isn't shown, and the settings are put back")
  func long() async {
    let long = String(repeating: "https://", count: 768)
    let person = typing(long + "\r")
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("lines") as String] in
      collect(1, at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("lines") == long + "\n")
    #expect(!terminal.screen.contains("https"))
    #expect(terminal.isSane)
  }

  @Test("Editing, the marks of bracketed paste, and a line over the limit")
  func lines() async {
    let tooLong = String(repeating: "x", count: 17_000)
    let person = Actor { [terminal] in
      var isRead = terminal.shows("ready")
      let lines = ["wrong\u{15}ri\u{7F}ight\r", "\u{1B}[200~code\u{1B}[201~\r", tooLong + "\r"]
      for (number, line) in lines.enumerated() {
        terminal.type(line)
        // Or the next line would be of the same paste.
        isRead = isRead && terminal.shows("read\r\n", times: number + 1)
      }
      terminal.type("\u{4}")
      return isRead
    }
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("lines") as String] in
      collect(4, at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("lines") == "right\ncode\ntooLong\nendOfInput\n")
  }

  @Test("The lines of one paste come together, whether or not the terminal marks it")
  func joined() async {
    let person = typing("http://127.0.0.1/?st\nate=a&co\r\nde=b\r")
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("lines") as String] in
      collect(1, at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("lines") == "http://127.0.0.1/?st\nate=a&co\n\nde=b\n")
  }

  @Test(
    "Enter alone is an event, but not at the edges of a paste",
    arguments: [("\r", "emptyLine\n"), ("\u{1B}[200~\ncode\n\n\u{1B}[201~\r", "code\n")])
  func enterAlone(_ keys: String, _ expected: String) async {
    let person = typing(keys)
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("lines") as String] in
      collect(1, at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("lines") == expected)
  }

  @Test("Without Enter a pause ends nothing, and the characters so far are counted")
  func pause() async {
    let person = typing("half a co")
    await #expect(processExitsWith: .success) { [path = terminal.path as String] in
      guard PseudoTerminal.sitDown(at: path) else { exit(70) }
      let terminal = Terminal.live()
      terminal.beginPaste()
      write(2, "ready", 5)
      var events: [PasteEvent] = []
      let hasCome = eventually {
        events.append(terminal.readPaste())
        return terminal.typed() == 9
      }
      #expect(hasCome)
      #expect(events.allSatisfy { $0 == .none })
      #expect(terminal.readPaste() == .none)
      terminal.endPaste()
      #expect(terminal.typed() == 0)
      #expect(terminal.readPaste() == .none)
    }
    #expect(person.finish() == true)
    #expect(terminal.isSane)
  }

  @Test(
    "Ctrl-C and Ctrl-\\ still send their signals",
    arguments: [("\u{3}", SIGINT), ("\u{1C}", SIGQUIT)])
  func interrupt(_ key: String, _ signal: Int32) async {
    let person = typing("half\(key)")
    await #expect(processExitsWith: .signal(signal)) {
      [path = terminal.path as String, file = folder.file("lines") as String] in
      var none = rlimit()
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
      collect(1, at: path, into: file)
    }
    #expect(person.finish() == true)
  }

  @Test("The mode is set again when another program changed it")
  func reapplied() async {
    await #expect(processExitsWith: .success) { [path = terminal.path as String] in
      guard PseudoTerminal.sitDown(at: path) else { exit(70) }
      var before = termios()
      tcgetattr(0, &before)
      let terminal = Terminal.live()
      terminal.beginPaste()
      tcsetattr(0, TCSANOW, &before)
      #expect(terminal.readPaste() == .none)
      var now = termios()
      tcgetattr(0, &now)
      #expect(now.c_lflag & tcflag_t(ECHO | ICANON) == 0)
      #expect(now.c_lflag & tcflag_t(ISIG) != 0)
      terminal.endPaste()
    }
    #expect(terminal.isSane)
  }

  @Test("Input that came and wasn't read doesn't reach the shell")
  func discarded() async {
    await #expect(processExitsWith: .success) {
      let person = PseudoTerminal()
      guard PseudoTerminal.sitDown(at: person.path) else { exit(70) }
      let terminal = Terminal.live()
      terminal.beginPaste()
      person.type("code\r")
      var ready = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      #expect(poll(&ready, 1, 5_000) == 1)
      terminal.endPaste()
      #expect(poll(&ready, 1, 0) == 0)
    }
  }

  @Test("Ctrl-Z gives the terminal back before the signal; after fg the mode is set again")
  func suspended() async {
    let person = Actor { [terminal] in
      let isReady = terminal.shows("ready")
      terminal.type("half\u{1A}")
      let wasSane = terminal.shows("sane")
      let isOurs = eventually { !terminal.echoes }
      terminal.type("whole\r")
      return isReady && wasSane && isOurs
    }
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("lines") as String] in
      PseudoTerminal.catchSuspension()
      collect(1, at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("lines") == "whole\n")
    #expect(terminal.isSane)
  }
}
