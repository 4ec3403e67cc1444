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
  static func ask(_ settings: Settings, _ call: Call) throws(Failure) -> TokenCheck {
    // The same token that the report is about, which may be a newer one in the journal.
    let standing = try settings.standing(at: call.context.clock.now())
    let newest = standing.newest
    guard let token = newest.accessToken else {
      return TokenCheck(
        isAccepted: false, account: nil, message: "there is no access token", exit: .loginNeeded)
    }
    let endpoints = try settings.endpoints(
      sending: standing.held.source == .environment ? [.environment] : [])
    let network = try call.openNetwork(to: endpoints)
    switch AccountAnswer.ask(endpoints, token, on: network, deadline: Rotation.requestDeadline) {
    case .account(let account):
      return TokenCheck(
        isAccepted: true, account: account.username, message: "the token of @\(account.username)",
        exit: .done)
    case .refused(let refusal):
      return TokenCheck(refusal, canRenew: standing.canRenew, call.console)
    case .unknown(let failure):
      let message = failure?.report.message ?? "X gave no usable answer"
      return TokenCheck(isAccepted: nil, account: nil, message: message, exit: .temporary)
    }
  }

  private init(_ refusal: AccountRefusal, canRenew: Bool, _ console: Console) {
    account = nil
    switch refusal.cause {
    case .tokenRefused:
      isAccepted = false
      message =
        "\(refusal.words); "
        + console.text("run \(call: canRenew ? "refresh --force" : "login")")
      exit = canRenew ? .temporary : .loginNeeded
    case .rateLimited, .other:
      isAccepted = nil
      message = refusal.words
      exit = .temporary
    case .forbidden:
      isAccepted = false
      message = refusal.words
      exit = .loginNeeded
    case .paymentRequired, .clientNotEnrolled, .userNotEnrolled:
      // X refuses the app or its plan, which says nothing about the token.
      isAccepted = nil
      message = refusal.words
      exit = .loginNeeded
    }
  }

  private init(isAccepted: Bool?, account: String?, message: String, exit: ExitCode) {
    self.isAccepted = isAccepted
    self.account = account
    self.message = message
    self.exit = exit
  }
}
