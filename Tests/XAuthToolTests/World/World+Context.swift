import Foundation
import HTTP
import OAuth

@testable import XAuthTool

extension Context {
  /// The world of a test.
  static func test(
    _ world: World, _ arguments: [String], output: Captured, errors: Captured
  ) -> Context {
    Context(
      programName: "xauth", arguments: arguments, environment: Environment(world.environment),
      workingFolder: world.folder.path,
      clock: Clock(
        now: { world.now + world.clockError }, uptime: { Double(world.now) },
        timeSinceBoot: { Double(world.now) },
        sleep: { world.pause($0) }),
      lockTimeout: world.lockTimeout,
      randomBytes: { count throws(Failure) in (0..<count).map { UInt8(truncatingIfNeeded: $0) } },
      standardOutput: output.descriptor(
        isTerminal: world.isOutputTerminal, isClosed: world.isOutputClosed),
      standardError: errors.descriptor(isTerminal: world.isOnTerminal),
      terminal: Terminal(
        isInteractive: { world.answer != nil },
        ask: { question, _ in
          world.questions.append(question)
          world.atQuestion(question)
          return world.answer
        }, readPaste: { world.paste.take().map { .text(Secret($0)) } ?? .endOfInput }),
      openNetwork: { () throws(HTTPLibraryUnavailable) in try world.network.open() },
      openHTTPClient: { () throws(HTTPLibraryUnavailable) in
        try HTTPClient.open(environment: [:])
      },
      openStore: { place throws(Failure) in
        guard let store = world.store else { throw .unexpected("no store in this world") }
        return NamedStore(name: place.shown, store: store)
      },
      programs: world.programs, desktop: { world.desktop },
      hasPipedInput: { world.hasPipedInput },
      remote: { RemoteSession(environment: [:], fileExists: { _ in world.isContainer }) },
      hostName: { "here" },
      awaitReadable: { _, _ in nil }, git: Git { _, _ in world.git },
      signals: Signals(
        hold: { _ in world.areSignalsHeld = true },
        letStopsThrough: {},
        watch: { nil }, next: { _ in nil }, forget: {},
        restore: { world.areSignalsHeld = false },
        seen: { nil }, end: { _ in }, endByBrokenPipe: {}),
      reached: {
        world.steps.append($0)
        world.meanwhile($0)
      },
      isThisProgram: { $0 == world.ourselves }, renewalTimer: { _ in world.renewalTimer },
      linkedLibraries: world.linkedLibraries, appendLines: AppendedFile.append)
  }
}
