import Foundation
import Glibc
import TestSupport

@testable import Callback

/// A login that waits for its callback on a thread of its own, at a port that the system picked.
final class ListeningLogin: @unchecked Sendable {
  static let state = "St4te-of-the-test"
  static let code = "C0de-of-the-test"
  static let cookie = "C00kie-of-the-test"

  let port: Int
  let addresses: [(address: String, port: Int)]
  private let lock = NSLock()
  private var collected: [ListenerEvent] = []
  private var isOver = false
  private var late: [ListenerNote] = []
  private let ended = Bell()
  private let outcomeIsKnown = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - holds: the outcome becomes known with `release` only.
  ///   - seconds: when the login gives up.
  ///   - patience: how long it waits at most, in seconds, for its browser to fetch the page.
  ///   - signal: a descriptor that ends that wait.
  ///   - stay: for how many seconds it goes on showing the page.
  ///   - destination: where its start address leads; nil: it has none.
  init(
    host: String = "127.0.0.1", identity: TLSIdentity? = nil, holds: Bool = false,
    seconds: Double = 60, patience: Double = 5, signal: Int32? = nil,
    alsoReadable: [Int32] = [], stay: Double = 0, destination: String? = nil
  ) throws {
    let redirect = try RedirectURI(
      scheme: identity == nil ? .http : .https, host: host, port: 0, path: "/cb")
    let listener = try CallbackListener(
      endpoints: ListenEndpoint.resolve(host: host, port: 0, lookup: { _ in ["127.0.0.1"] })
        .endpoints,
      identity: identity,
      expecting: CallbackExpectation(
        redirect: redirect, state: Self.state,
        start: destination.map {
          StartAddress(at: redirect, path: "start", cookie: Self.cookie, leadingTo: $0)
        }))
    port = listener.redirect.port
    addresses = listener.boundAddresses
    if !holds { outcomeIsKnown.signal() }
    let handed = Handed(listener)
    Thread.detachNewThread { [self] in
      run(handed.listener, until: Monotonic.now + seconds, (patience, signal), alsoReadable)
      let notes = handed.listener.stay(for: stay, unless: signal ?? ended.read)
      lock.withLock {
        late = notes
        isOver = true
      }
    }
  }

  /// The listener changes threads once, before it is used.
  private struct Handed: @unchecked Sendable {
    let listener: CallbackListener
    init(_ listener: CallbackListener) { self.listener = listener }
  }

  /// What happened so far.
  var events: [ListenerEvent] { lock.withLock { collected } }

  /// Whether the listener is finished, with everything closed.
  var isFinished: Bool { lock.withLock { isOver } }

  /// What came up while the page was shown, once it isn't any more.
  var lateNotes: [ListenerNote] { lock.withLock { late } }

  /// Ends the time for which the page is shown.
  func end() { ended.write() }

  /// Makes the outcome known.
  func release() { outcomeIsKnown.signal() }

  private func run(
    _ listener: CallbackListener, until deadline: Double, _ end: (patience: Double, signal: Int32?),
    _ readable: [Int32]
  ) {
    waiting: while true {
      let event = listener.next(until: deadline, alsoReadable: readable)
      lock.withLock { collected.append(event) }
      switch event {
      case .noteworthy: continue
      case .authorized:
        outcomeIsKnown.wait()
        listener.finish(with: .signedIn, within: end.patience, unless: end.signal)
      case .denied: listener.finish(with: .denied, within: end.patience, unless: end.signal)
      case .deadline, .readable: listener.finish(with: .tooLate, within: 1)
      }
      break waiting
    }
  }

  /// The true callback's request line and fields.
  var trueRequest: String { request("GET /cb?state=\(Self.state)&code=\(Self.code)") }

  /// Scheme and authority of its redirect URI.
  var address: String { "http://127.0.0.1:\(port)" }

  /// The same as a browser sends it where it will display the answer.
  var browsersRequest: String {
    request("GET /cb?state=\(Self.state)&code=\(Self.code)", Self.browsersFields)
  }

  static let browsersFields = "accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"

  /// A request with the right `Host`.
  func request(_ start: String, _ fields: String = "") -> String {
    "\(start) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(fields)\r\n"
  }

  /// Sends `text` on a connection of its own, and returns all that comes back.
  func exchange(_ text: String) throws -> String {
    let peer = try Peer(port: port)
    peer.send(text)
    return peer.readToEnd()
  }

  /// Whether the true callback still gets its page within `seconds`: enough for a busy machine, and
  /// well below the ten for which a connection may block its way.
  func completes(within seconds: Double = 3) throws -> Bool {
    let start = Monotonic.now
    let answer = try exchange(trueRequest)
    return answer.hasPrefix("HTTP/1.1 200 ") && answer.contains(Page.signedIn.title)
      && events.contains(.authorized(code: Self.code)) && Monotonic.now - start < seconds
  }
}

/// A descriptor that becomes readable when it is told to.
private final class Bell: Sendable {
  let read: Int32
  private let writing: Int32

  init() {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    (read, writing) = (ends[0], ends[1])
  }

  deinit {
    close(read)
    close(writing)
  }

  func write() { _ = Glibc.write(writing, "x", 1) }
}
