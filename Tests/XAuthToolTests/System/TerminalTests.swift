import Foundation
import TestSupport
import Testing

@testable import XAuthTool

/// Asks at the terminal, and writes the answer where the test finds it.
private func answer(at path: String, into file: String, echo: Bool = false) {
  guard PseudoTerminal.sitDown(at: path) else { exit(70) }
  let terminal = Terminal.live()
  guard terminal.isInteractive(), terminal.input() == 0 else { exit(71) }
  let answer = terminal.ask("secret: ", echo) ?? "(nil)"
  try? answer.write(toFile: file, atomically: true, encoding: .utf8)
}

@Suite struct TerminalAskTests {
  private let terminal = PseudoTerminal()
  private let folder = TemporaryFolder()

  @Test("A secret isn't shown, may be longer than 4096 bytes, and the settings are put back")
  func secret() async {
    let long = String(repeating: "secret", count: 1_024)
    let person = Actor { [terminal] in
      let isAsked = terminal.shows("secret: ")
      let isSilent = !terminal.echoes
      terminal.type(long + "xy\u{7F}\r")
      return isAsked && isSilent
    }
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("answer") as String] in
      answer(at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("answer") == long + "x")
    #expect(!terminal.screen.contains("secretsecret"))
    #expect(terminal.isSane)
  }

  @Test("What follows the line is left for the next question")
  func typeAhead() async {
    let person = Actor { [terminal] in
      let isAsked = terminal.shows("one: ")
      terminal.type("first\rsecond\rthird\r")
      return isAsked
    }
    await #expect(processExitsWith: .success) { [path = terminal.path as String] in
      guard PseudoTerminal.sitDown(at: path) else { exit(70) }
      let terminal = Terminal.live()
      #expect(terminal.ask("one: ", false) == "first")
      #expect(terminal.ask("two: ", false) == "second")
      #expect(terminal.ask("three: ", true) == "third")
    }
    #expect(person.finish() == true)
  }

  @Test("An answer that may be seen is shown")
  func aloud() async {
    let person = Actor { [terminal] in
      let isAsked = terminal.shows("secret: ")
      terminal.type("yes\r")
      return isAsked && terminal.shows("yes")
    }
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("answer") as String] in
      answer(at: path, into: file, echo: true)
    }
    #expect(person.finish() == true)
    #expect(folder.text("answer") == "yes")
  }

  @Test("Ctrl-D answers nothing")
  func endOfInput() async {
    let person = Actor { [terminal] in
      let isAsked = terminal.shows("secret: ")
      terminal.type("\u{4}")
      return isAsked
    }
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("answer") as String] in
      answer(at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("answer") == "(nil)")
    #expect(terminal.isSane)
  }

  @Test("Ctrl-C ends the process by the signal, with the settings put back first")
  func interrupt() async {
    let person = Actor { [terminal] in
      let isAsked = terminal.shows("secret: ")
      terminal.type("half\u{3}")
      return isAsked
    }
    await #expect(processExitsWith: .signal(SIGINT)) {
      [path = terminal.path as String, file = folder.file("answer") as String] in
      PseudoTerminal.takeSignals()
      answer(at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("answer") == nil)
    #expect(terminal.isSane)
  }

  @Test("A signal from elsewhere ends the process with the settings put back first")
  func terminate() async {
    await #expect(processExitsWith: .signal(SIGTERM)) { [path = terminal.path as String] in
      guard PseudoTerminal.sitDown(at: path) else { exit(70) }
      // The threads of a dispatch queue start with most signals blocked.
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      let asking = pthread_self()
      Thread.detachNewThread {
        _ = eventually {
          var settings = termios()
          return tcgetattr(0, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) == 0
        }
        // To this thread: the program has but one, which a signal to the process would reach.
        pthread_kill(asking, SIGTERM)
      }
      _ = Terminal.live().ask("secret: ", false)
    }
    #expect(terminal.isSane)
  }

  @Test("Ctrl-Z gives the terminal back before the signal; afterwards the question is asked again")
  func suspended() async {
    let person = Actor { [terminal] in
      let isAsked = terminal.shows("secret: ")
      terminal.type("half\u{1A}")
      let isAskedAgain = terminal.shows("sane") && terminal.shows("secret: ", times: 2)
      let isSilent = !terminal.echoes
      terminal.type("whole\r")
      return isAsked && isAskedAgain && isSilent
    }
    await #expect(processExitsWith: .success) {
      [path = terminal.path as String, file = folder.file("answer") as String] in
      PseudoTerminal.catchSuspension()
      answer(at: path, into: file)
    }
    #expect(person.finish() == true)
    #expect(folder.text("answer") == "whole")
  }

  @Test("A terminal that hangs up ends the question")
  func hangUp() async {
    await #expect(processExitsWith: .success) {
      signal(SIGHUP, SIG_IGN)
      let terminal = PseudoTerminal(hasScreen: false)
      guard PseudoTerminal.sitDown(at: terminal.path) else { exit(70) }
      Thread.detachNewThread {
        _ = eventually { !terminal.echoes }
        terminal.hangUp()
      }
      #expect(Terminal.live().ask("secret: ", false) == nil)
    }
  }
}

@Suite struct TerminalPlaceTests {
  @Test("Without a terminal nothing is asked")
  func none() async {
    #expect(!Terminal.none.isInteractive())
    #expect(Terminal.none.input() == -1)
    #expect(Terminal.none.ask("name: ", true) == nil)
    #expect(Terminal.none.readPaste() == .none)
    await #expect(processExitsWith: .success) {
      let null = open("/dev/null", O_RDWR)
      dup2(null, 0)
      let terminal = Terminal.live()
      #expect(!terminal.isInteractive())
      #expect(terminal.input() == -1)
      #expect(terminal.ask("secret: ", false) == nil)
      #expect(terminal.ask("name: ", true) == nil)
      terminal.beginPaste()
      #expect(terminal.readPaste() == .none)
      terminal.endPaste()
    }
  }

  @Test("In the background the terminal isn't touched, and nothing of it is read")
  func background() async {
    let terminal = PseudoTerminal()
    await #expect(processExitsWith: .success) { [path = terminal.path as String] in
      guard PseudoTerminal.sitDown(at: path) else { exit(70) }
      // Another group gets the foreground; its one process waits to be killed.
      let programs = Programs.live()
      let script = "set -m; sleep 60 & echo $!"
      let outcome = try programs.run(
        ["/bin/sh", "-c", script], ["PATH": "/bin:/usr/bin"], [], .capture(limit: 20), 20)
      let other = Int32(
        String(decoding: outcome.output, as: UTF8.self).trimmingCharacters(in: .newlines))
      guard let other, tcsetpgrp(0, other) == 0 else { exit(72) }
      let terminal = Terminal.live()
      #expect(!terminal.isInteractive())
      #expect(terminal.input() == -1)
      terminal.beginPaste()
      #expect(terminal.readPaste() == .none)
      terminal.endPaste()
      var settings = termios()
      tcgetattr(0, &settings)
      #expect(settings.c_lflag & tcflag_t(ECHO) != 0)
      kill(other, SIGKILL)
    }
  }
}
