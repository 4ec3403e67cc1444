import Testing

@testable import OAuth

@Suite("The reason that a server gives")
struct ServerReasonTests {
  private func answer(_ status: Int, _ body: String) -> ServerAnswer {
    ServerAnswer(status: status, headers: [:], body: Array(body.utf8))
  }

  @Test(
    "is found where servers put it",
    arguments: [
      (
        403, #"{"title":"Forbidden","detail":"This application has been suspended"}"#,
        "This application has been suspended"
      ),
      (401, #"{"title":"Unauthorized","type":"about:blank","status":401}"#, "Unauthorized"),
      (403, #"{"errors":[{"code":326,"message":"Out of order"},{"message":"b"}]}"#, "Out of order"),
      (400, #"{"error":"invalid_request","error_description":"Wrong"}"#, "Wrong"),
      (400, #"{"error":"invalid_request"}"#, "invalid_request"),
      (500, #"{"message":"Internal\nerror"}"#, "Internal error"),
      (502, "<html><HEAD><Title>502 Bad\n Gateway</TITLE>", "502 Bad Gateway"),
      (200, "<title>Sign in to the airport's network</title>", "Sign in to the airport's network"),
      (503, "upstream connect error\n", "upstream connect error"),
    ])
  func found(status: Int, body: String, words: String) {
    #expect(answer(status, body).reason() == words)
  }

  @Test(
    "is nil when there is none",
    arguments: [
      (500, ""), (500, " \n"), (500, "{}"), (500, #"{"errors":[]}"#), (500, "[1]"),
      (500, "<html><body>no title"), (500, "<title></title>"), (500, "<title>"),
      (500, String(repeating: "long ", count: 100)),
    ])
  func absent(status: Int, body: String) {
    #expect(answer(status, body).reason() == nil)
  }

  @Test(
    "is never what may be tokens: those of a success, in whatever form",
    arguments: [
      "access_token=a1&refresh_token=r1", #"{"access_token":"a1","refresh_token":"r1"}"#, "a1",
      #"{"access_token":"a1","refresh_token":"r1""#,
    ])
  func noTokens(body: String) {
    #expect(answer(200, body).reason() == nil)
  }

  @Test("has no control characters, no length without end, and no secret that was sent")
  func shown() {
    let body =
      #"{"detail":"\u001b[2Jthe token r1secret is \#(String(repeating: "x", count: 900))"}"#
    let words = answer(403, body).reason(withholding: [Secret("r1secret")])
    #expect(words?.hasPrefix("[2Jthe token \(Secret.mask) is xxx") == true)
    #expect((words ?? "").unicodeScalars.count <= 200)
  }
}
