import Foundation
import HTTP

/// X for a simulated time. An access token lives two hours, whatever comes. A refresh token works once, and
/// a login ends the one before it.
final class SimulatedX: @unchecked Sendable {
  /// What goes wrong with a request.
  enum Fault: Sendable {
    /// X, or something on the way, answers without a look at the token.
    case answer(Int, String)
    /// Nothing listens.
    case notReached
    /// No answer comes, because the request was lost or, once X had renewed, the answer.
    case silence(hasRenewed: Bool)
  }

  /// Seconds for which an access token lives.
  static let lifetime = 7200

  /// What goes wrong, from when until when.
  var faults: [(from: Int, until: Int, fault: Fault)] = []
  /// What goes wrong with the next requests, one after the other.
  var nextFaults: [Fault] = []
  /// All answers that came, and when.
  private(set) var answers: [(time: Int, status: Int, body: String)] = []
  /// How many requests left the machine, whether or not they arrived.
  private(set) var departures = 0
  /// How many times X got a refresh token that it had already exchanged.
  private(set) var replays = 0
  private var refresh: String
  private var ends: [String: Int]
  private var count = 0

  /// X when it has issued these two tokens; the access token expires at `end`.
  init(access: String, refresh: String, end: Int) {
    self.refresh = refresh
    ends = [access: end]
  }

  /// A copy that goes its own way.
  init(_ other: SimulatedX) {
    (refresh, ends, count) = (other.refresh, other.ends, other.count)
  }

  /// Whether this refresh token works.
  func accepts(_ token: String?) -> Bool { token == refresh }

  /// When this access token expires; nil when it is none of X's.
  func end(of access: String?) -> Int? { access.flatMap { ends[$0] } }

  /// Somebody logs in with the same app and account elsewhere.
  func logInElsewhere(at now: Int) { _ = issue(now) }

  /// What comes of a request.
  func step(for request: HTTPRequest, at now: Int) -> ScriptedNetwork.Step {
    let step: ScriptedNetwork.Step
    let outage = faults.first { $0.from <= now && now < $0.until }?.fault
    let fault = nextFaults.isEmpty ? outage : nextFaults.removeFirst()
    switch fault {
    case .answer(let status, let body): step = .answer(status, body, [:])
    case .notReached: step = .notReached
    case .silence(let hasRenewed):
      if hasRenewed { _ = answer(to: request, now) }
      step = .lost
    case nil: step = answer(to: request, now)
    }
    if case .notReached? = fault {} else { departures += 1 }
    if case .answer(let status, let body, _) = step { answers.append((now, status, body)) }
    return step
  }

  private func answer(to request: HTTPRequest, _ now: Int) -> ScriptedNetwork.Step {
    guard let body = request.body else {
      return .answer(200, #"{"data":{"id":"1","username":"me"}}"#, [:])
    }
    let form = String(decoding: body, as: UTF8.self).split(separator: "&")
    if form.contains("grant_type=authorization_code") || form.contains("refresh_token=\(refresh)") {
      return issue(now)
    }
    replays += 1
    return .refused
  }

  private func issue(_ now: Int) -> ScriptedNetwork.Step {
    count += 1
    refresh = "refresh\(count)"
    ends["access\(count)"] = now + Self.lifetime
    return .granted("access\(count)", refresh, lifetime: Self.lifetime)
  }
}
