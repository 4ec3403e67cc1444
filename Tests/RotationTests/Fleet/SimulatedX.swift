@testable import OAuth
@testable import Rotation

/// An authorization server with one account: a login ends what came before, and a refresh token works once.
struct SimulatedX {
  /// What becomes of a grant when a used token of it comes again.
  enum Replay: Sendable, CaseIterable { case refused, endsGrant }

  /// A request as it arrived.
  struct Arrival: Equatable {
    let machine: String
    let token: String
    let time: Double
  }

  let replay: Replay
  /// The refresh token that works; nil when none does.
  private(set) var live: String?
  /// The refresh tokens in the order in which they were issued, and the requests that brought them.
  private(set) var issued = ["r0"]
  /// The successor of each token that was exchanged.
  private(set) var successors: [String: String] = [:]
  /// When the access token that was issued with each refresh token expires.
  private(set) var expiries: [String: Double]
  private(set) var renewals: [Arrival] = []
  /// The requests that brought a token a second time.
  private(set) var replays: [Arrival] = []

  init(replay: Replay, firstExpiry: Double) {
    self.replay = replay
    live = "r0"
    expiries = ["r0": firstExpiry]
  }

  /// Answers a request of `machine`.
  mutating func answer(
    _ request: TokenEndpointRequest, from machine: String, at time: Double
  ) -> ServerAnswer {
    let form = Self.form(request)
    let token = form["refresh_token"] ?? form["token"] ?? ""
    if request.url.hasSuffix("/revoke") {
      if issued.firstIndex(of: token.replacingPrefix("a", by: "r")) == liveIndex { live = nil }
      return ServerAnswer(200, #"{"revoked":true}"#)
    }
    if form["code"] != nil { return grant(at: time) }
    let arrival = Arrival(machine: machine, token: token, time: time)
    guard token == live else {
      if successors[token] != nil {
        replays.append(arrival)
        if replay == .endsGrant, isOfLiveGrant(token) { live = nil }
      }
      return ServerAnswer(400, #"{"error":"invalid_grant","error_description":"no longer valid"}"#)
    }
    renewals.append(arrival)
    successors[token] = "r\(issued.count)"
    return grant(at: time)
  }

  /// Ends the grant, as a person can at X.
  mutating func end() { live = nil }

  /// The place of a token in the order of issue; -1 for none.
  func age(of token: String?) -> Int { token.flatMap { issued.firstIndex(of: $0) } ?? -1 }

  private var liveIndex: Int? { live.flatMap { issued.firstIndex(of: $0) } }

  private func isOfLiveGrant(_ token: String) -> Bool {
    var token = token
    while let next = successors[token] { token = next }
    return token == live
  }

  private mutating func grant(at time: Double) -> ServerAnswer {
    let number = issued.count
    issued.append("r\(number)")
    live = "r\(number)"
    expiries["r\(number)"] = time + 7200
    return ServerAnswer(
      200,
      #"{"access_token":"a\#(number)","refresh_token":"r\#(number)","expires_in":7200,"token_type":"bearer"}"#
    )
  }

  private static func form(_ request: TokenEndpointRequest) -> [String: String] {
    var form: [String: String] = [:]
    for pair in request.body.reveal().split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      form[parts[0]] = parts.count > 1 ? parts[1] : ""
    }
    return form
  }
}

extension String {
  fileprivate func replacingPrefix(_ old: String, by new: String) -> String {
    hasPrefix(old) ? new + dropFirst(old.count) : self
  }
}
