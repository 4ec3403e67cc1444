import Foundation
import HTTP
import OAuth
import Serving
import Synchronization
import TestSupport
import Testing

/// Tokens that a test deals out.
final class DealtTokens: TokenSource {
  private let state: Mutex<(tokens: [String], lack: NoToken?)>
  private let asked = Mutex(0)

  /// The first token is the one of the moment; a refused one is followed by the next.
  init(_ tokens: String..., lack: NoToken? = nil) { state = Mutex((tokens, lack)) }

  /// How often a successor was asked for.
  var refusals: Int { asked.withLock { $0 } }

  func token() throws(NoToken) -> Secret {
    let (tokens, lack) = state.withLock { $0 }
    if let lack { throw lack }
    return Secret(tokens[0])
  }

  func successor(of failed: Secret) -> Secret? {
    asked.withLock { $0 += 1 }
    return state.withLock { state in
      if state.tokens[0] == failed.reveal(), state.tokens.count > 1 { state.tokens.removeFirst() }
      return state.tokens[0] == failed.reveal() ? nil : Secret(state.tokens[0])
    }
  }

  /// Somebody has logged in.
  func heal() { state.withLock { $0.lack = nil } }
}

/// A bridge between a test, which is the client, and a scripted server.
final class BridgeStage: @unchecked Sendable {
  private let bridge: Bridge
  private let input = Pipe()
  private let output = Pipe()
  private let lock = NSLock()
  private var received = Data()
  private var said: [String] = []
  private var hasEnded = false
  private var isReadToEnd = false

  init(
    _ url: String, tokens: any TokenSource = DealtTokens("t0"), grace: Double = 10,
    reads: Bool = true
  ) throws {
    let notes = Notes()
    bridge = Bridge(
      server: url, tokens: tokens, client: try HTTPClient.open(environment: [:]),
      input: input.fileHandleForReading.fileDescriptor,
      output: output.fileHandleForWriting.fileDescriptor, grace: grace,
      explain: { _ in "no answer came" },
      note: { notes.add($0) })
    self.notes = notes
    if reads { readOutput() }
    Thread.detachNewThread { [self] in
      var signals = sigset_t()
      sigfillset(&signals)
      pthread_sigmask(SIG_BLOCK, &signals, nil)
      bridge.run()
      lock.withLock { hasEnded = true }
      try? output.fileHandleForWriting.close()
    }
  }

  private let notes: Notes

  /// From now on the client reads.
  func readOutput() {
    Thread.detachNewThread { [self] in
      while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
        lock.withLock { received.append(data) }
      }
      lock.withLock { isReadToEnd = true }
    }
  }

  /// What was said to the person.
  var noted: [String] { notes.all }

  /// The lines that came out so far.
  var lines: [String] {
    let text = lock.withLock { String(decoding: received, as: UTF8.self) }
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// All that came out.
  var text: String { lock.withLock { String(decoding: received, as: UTF8.self) } }

  /// How much that is.
  var byteCount: Int { lock.withLock { received.count } }

  /// Whether the bridge has returned.
  var isOver: Bool { lock.withLock { hasEnded } }

  /// The client says this, with a line feed at its end.
  func say(_ line: String) { write(line + "\n") }

  func write(_ text: String) {
    try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  /// Whether no line can be written before the client reads.
  var isOutputFull: Bool {
    var polled = pollfd(
      fd: output.fileHandleForWriting.fileDescriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&polled, 1, 0) == 0
  }

  /// The client says no more.
  func closeInput() { try? input.fileHandleForWriting.close() }

  /// The client reads no more.
  func closeOutput() { try? output.fileHandleForReading.close() }

  func stop() { bridge.stop() }

  /// Waits for a line that has `text`.
  func line(with text: String) -> String? {
    _ = eventually { lines.contains { $0.contains(text) } }
    return lines.first { $0.contains(text) }
  }

  /// Opens a session as clients do, and waits until the server has all of it.
  func greet() throws {
    say(Self.initialize)
    _ = try #require(line(with: "protocolVersion"))
    say(Self.initialized)
  }

  /// Ends the input, and waits for the bridge to return and for all that it wrote; whether it did.
  func end() -> Bool {
    closeInput()
    return eventually(within: 20) { isOver && lock.withLock { isReadToEnd } }
  }

  static let initialize =
    #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#
  static let initialized = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#

  /// A request for a tool.
  static func call(_ id: Int, _ tool: String = "look") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)"}}"#
  }

  /// The end of the client's interest in request `id`.
  static func cancel(_ id: Int) -> String {
    #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#
  }

  /// The answer to request `id`.
  static func result(_ id: Int, _ result: String = "{}") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#
  }

  private final class Notes: Sendable {
    private let notes = Mutex<[String]>([])
    var all: [String] { notes.withLock { $0 } }
    func add(_ note: String) { notes.withLock { $0.append(note) } }
  }
}

extension BridgeServer {
  /// A server that opens session `s1`, `s2` …, has no stream of its own, and leaves requests for
  /// tools to `script`.
  static func withSessions(
    _ script: @escaping @Sendable (Request, Answer) -> Void
  ) throws -> BridgeServer {
    let count = Mutex(0)
    return try BridgeServer { request, answer in
      if request.says("\"initialize\"") {
        let number = count.withLock { count in
          count += 1
          return count
        }
        answer.send(
          200, BridgeStage.result(0, #"{"protocolVersion":"2025-06-18"}"#),
          headers: ["Mcp-Session-Id: s\(number)"])
      } else if request.method == "POST", request.says("\"id\"") {
        script(request, answer)
      } else {
        answer.send(request.method == "POST" ? 202 : 405)
      }
    }
  }
}
