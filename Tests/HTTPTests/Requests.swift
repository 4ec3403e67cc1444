import Foundation
import HTTP
import Testing

/// A client that knows of `environment` alone.
func client(_ environment: [String: String] = [:]) throws -> HTTPClient {
  try HTTPClient.open(environment: environment)
}

/// The token request of a confidential client, more or less.
func tokenRequest(_ url: String) -> HTTPRequest {
  HTTPRequest(
    method: .post, url: url,
    headers: [
      ("Authorization", "Basic aWQ6c2VjcmV0"),
      ("Content-Type", "application/x-www-form-urlencoded"), ("User-Agent", "xauth/1.2.3"),
    ],
    body: Array("grant_type=refresh_token&refresh_token=r0".utf8))
}

/// What a TLS server of the tests answers: it knows GET only.
func plainRequest(_ url: String) -> HTTPRequest {
  HTTPRequest(method: .get, url: url, headers: [("Authorization", "Bearer a0")])
}

/// Sends `request` and returns the failure; nil when there was an answer.
func sendFailure(
  of request: HTTPRequest, by client: HTTPClient, timeout: Double = 10, connectTimeout: Double = 6
) -> HTTPFailure? {
  do throws(HTTPFailure) {
    _ = try client.send(request, timeout: timeout, connectTimeout: connectTimeout)
    return nil
  } catch {
    return error
  }
}

/// How long `work` takes, in seconds.
func seconds(_ work: () throws -> Void) rethrows -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  try work()
  return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
}
