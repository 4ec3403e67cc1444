import Foundation
import HTTP

@testable import OAuth
@testable import XAuthTool

/// A network that answers by a script, an answer a request, and keeps what was sent. A request too
/// many is, unless something else is set, answered by a failure that leaves its mark in `requests`.
final class ScriptedNetwork: @unchecked Sendable {
  enum Step {
    case answer(Int, String, [String: String])
    case failure(HTTPFailure)

    /// X's answer to a refresh or a code.
    static func granted(
      _ access: String, _ refresh: String?, lifetime: Int = 7200, scope: String = "users.read"
    ) -> Step {
      let token = refresh.map { #""refresh_token":"\#($0)","# } ?? ""
      return .answer(
        200,
        #"{"token_type":"bearer","expires_in":\#(lifetime),\#(token)"access_token":"\#(access)","#
          + #""scope":"\#(scope)"}"#, [:])
    }

    /// What X says to a refresh token that is spent.
    static let refused = answer(
      400,
      #"{"error":"invalid_request","error_description":"Value passed for the token was invalid."}"#,
      [:])

    /// What X says to a client that doesn't authenticate as it must.
    static let clientRefused = answer(
      401,
      #"{"error":"unauthorized_client","error_description":"Missing valid authorization header"}"#,
      [:])

    /// The connection was refused.
    static let notReached = failure(
      HTTPFailure(host: "api.x.com", cause: .refused, mayHaveReachedServer: false, detail: ""))

    /// The answer never came.
    static let lost = failure(
      HTTPFailure(
        host: "api.x.com", cause: .timedOut(seconds: 12), mayHaveReachedServer: true, detail: ""))

    static let revoked = answer(200, #"{"revoked":true}"#, [:])
  }

  var script: [Step] = []
  /// The answer to what comes after the script's end.
  var otherwise = Step.lost
  /// What answers in place of a script.
  var server: ((HTTPRequest) -> Step)?
  var requests: [HTTPRequest] = []
  /// Called while a request is under way.
  var meanwhile: () -> Void = {}
  var isLibraryMissing = false

  func open() throws(HTTPLibraryUnavailable) -> Network {
    if isLibraryMissing {
      throw HTTPLibraryUnavailable(reason: "no libcurl here", isLibraryFound: false)
    }
    return Network(send: { [self] request, _ throws(HTTPFailure) in
      requests.append(request)
      meanwhile()
      switch server?(request) ?? (script.isEmpty ? otherwise : script.removeFirst()) {
      case .answer(let status, let body, let headers):
        return HTTPResponse(status: status, headers: headers, body: [UInt8](body.utf8))
      case .failure(let failure): throw failure
      }
    })
  }

  /// The value of a form field in each request, `-` where it is missing.
  func sent(_ field: String) -> [String] {
    requests.map { request in
      let body = String(decoding: request.body ?? [], as: UTF8.self)
      return body.split(separator: "&").first { $0.hasPrefix("\(field)=") }
        .map { String($0.dropFirst(field.count + 1)) } ?? "-"
    }
  }
}
