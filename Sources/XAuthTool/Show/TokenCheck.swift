import Rotation
import OAuth

/// What X says about the access token.
struct TokenCheck: Encodable, Sendable {
  let isAccepted: Bool?
  let account: String?
  let message: String
  /// What `show --check` ends with.
  let exit: ExitCode

  private enum CodingKeys: String, CodingKey {
    case isAccepted = "accepted"
    case account
    case message
  }

  /// Asks X whose token it is.
  static func ask(
    _ standing: GrantStanding, _ settings: Settings, _ call: Call
  ) throws(Failure) -> TokenCheck {
    guard let token = standing.newest.accessToken else {
      return TokenCheck(
        isAccepted: false, account: nil, message: "there is no access token", exit: .loginNeeded)
    }
    let endpoints = try settings.endpoints(
      sending: standing.held.source == .environment ? [.environment] : [])
    if case .otherServer(let issuer) = standing.recovery {
      return TokenCheck(
        isAccepted: nil, account: nil,
        message: "not asked: the token came from \(Endpoints.host(of: issuer))", exit: .settings)
    }
    let network = try call.openNetwork(to: endpoints)
    switch AccountAnswer.ask(endpoints, token, on: network, deadline: Rotation.requestDeadline) {
    case .account(let account):
      return TokenCheck(
        isAccepted: true, account: account.username, message: "the token of @\(account.username)",
        exit: .done)
    case .refused(let refusal):
      let canRenew = standing.renewal.needsNoLogin
      let verdict = verdict(on: refusal.cause, canRenew: canRenew)
      let command = canRenew ? "refresh --force" : "login"
      let advice =
        refusal.cause == .tokenRefused ? "; " + call.console.text("run \(call: command)") : ""
      return TokenCheck(
        isAccepted: verdict.isAccepted, account: nil, message: refusal.words + advice,
        exit: verdict.exit)
    case .unknown(let failure):
      let message = failure?.report.message ?? "X gave no usable answer"
      return TokenCheck(isAccepted: nil, account: nil, message: message, exit: .temporary)
    }
  }

  /// What a refusal says about the token, and what `show --check` ends with.
  private static func verdict(
    on cause: AccountRefusal.Cause, canRenew: Bool
  ) -> (isAccepted: Bool?, exit: ExitCode) {
    switch cause {
    case .tokenRefused: (false, canRenew ? .temporary : .loginNeeded)
    case .forbidden: (false, .loginNeeded)
    // X refuses the app or its plan, which says nothing about the token.
    case .paymentRequired, .notEnrolled: (nil, .loginNeeded)
    case .rateLimited, .other: (nil, .temporary)
    }
  }
}
