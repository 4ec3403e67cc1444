@testable import OAuth

/// An answer with `body` as its text.
func answer(_ status: Int, _ body: String, _ headers: [String: String] = [:]) -> ServerAnswer {
  ServerAnswer(status: status, headers: headers, body: Array(body.utf8))
}

/// An OAuth error of the token endpoint.
func oauthError(
  _ status: Int, _ error: String, _ description: String? = nil
) -> ServerAnswer {
  let tail = description.map { #","error_description":"\#($0)""# } ?? ""
  return answer(status, #"{"error":"\#(error)"\#(tail)}"#)
}
