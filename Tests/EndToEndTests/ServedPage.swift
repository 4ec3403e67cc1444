import Foundation

@testable import Callback

/// A page of the callback's, at the true callback address of a listener that waits for one browser.
struct ServedPage {
  private static let state = "St4te-of-the-test"
  private static let code = "C0de-of-the-test"

  /// What stays in the address bar, where script runs.
  let redirectURI: String
  /// What X would send the browser to.
  var address: String { "\(redirectURI)?code=\(Self.code)&state=\(Self.state)" }
  /// Where the browser is led from there.
  var outcomeAddress: String { "\(redirectURI)?state=\(Self.state)" }

  /// Listens, and answers the first browser that comes to `address` with `page`. Then nobody listens
  /// there any more.
  init(_ page: Page) throws {
    let redirect = try RedirectURI(
      scheme: .http, host: "127.0.0.1", port: 0, path: "/oauth/callback")
    let listener = try CallbackListener(
      endpoints: ListenEndpoint.resolve(host: redirect.host, port: redirect.port).endpoints,
      identity: nil, expecting: CallbackExpectation(redirect: redirect, state: Self.state))
    redirectURI = listener.redirect.uri
    let handed = Handed(listener)
    Thread.detachNewThread {
      var event = ListenerEvent.deadline
      repeat {
        event = handed.listener.next(until: Monotonic.now + 60)
      } while event != .authorized(code: Self.code) && event != .deadline
      handed.listener.finish(with: page, within: 5)
      handed.listener.stay(for: 0)
    }
  }

  /// The listener changes threads once, before it is used.
  private struct Handed: @unchecked Sendable {
    let listener: CallbackListener
    init(_ listener: CallbackListener) { self.listener = listener }
  }
}
