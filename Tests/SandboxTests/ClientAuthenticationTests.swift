import Callback
import Foundation
import Testing

@testable import Sandbox

@Suite("Client authentication")
struct ClientAuthenticationTests {
  private let unauthorized =
    #"{"error":"unauthorized_client","error_description":"Missing valid authorization header"}"#

  private func basic(_ pair: String) -> String { "Basic \(Data(pair.utf8).base64EncodedString())" }

  @Test("a confidential client authenticates with Basic, client_id in the body or not")
  func confidential() {
    var trial = Trial(secret: "s3cret")
    let code = trial.code()
    #expect(trial.exchange(code, authorization: basic("app:s3cret")).status == 200)
    let next = trial.code()
    #expect(
      trial.exchange(
        next, ["client_id": nil], authorization: "basic \(basic("app:s3cret").dropFirst(6))"
      )
      .status == 200)
  }

  @Test("id and secret are percent-decoded after Basic")
  func decoded() {
    var trial = Trial(secret: "a:b%+ é")
    let code = trial.code()
    #expect(trial.exchange(code, authorization: basic("app:a:b%+ é")).status == 401)
    #expect(
      trial.exchange(code, authorization: basic("app:a%3Ab%25%2B+%C3%A9")).status == 200)
  }

  @Test(
    "without valid Basic a confidential client is refused, and the code stays usable",
    arguments: [nil, "app:wrong", "other:s3cret", "app", "app:"])
  func refused(pair: String?) {
    var trial = Trial(secret: "s3cret")
    let code = trial.code()
    let response = trial.exchange(code, authorization: pair.map(basic))
    #expect(response.status == 401)
    #expect(response.text == unauthorized)
    // RFC 6749 §5.2: a client that tried the header is told the scheme.
    #expect((response.header("WWW-Authenticate") != nil) == (pair != nil))
    #expect(trial.exchange(code, authorization: basic("app:s3cret")).status == 200)
  }

  @Test("the secret isn't accepted in the body")
  func secretInTheBody() {
    var trial = Trial(secret: "s3cret")
    #expect(trial.exchange(trial.code(), ["client_secret": "s3cret"]).text == unauthorized)
  }

  @Test("a public client has to send its id, and may not use Basic")
  func publicClient() {
    var trial = Trial()
    let code = trial.code()
    #expect(trial.exchange(code, authorization: basic("app:")).text == unauthorized)
    #expect(trial.exchange(code, ["client_id": "other"]).text == unauthorized)
    #expect(trial.exchange(code, ["client_id": nil]).text.contains("[client_id]"))
    #expect(trial.exchange(code).status == 200)
  }

  @Test("two Authorization headers are no authentication")
  func twoHeaders() {
    var trial = Trial(secret: "s3cret")
    let header = HeaderField("Authorization", basic("app:s3cret"))
    let fields = ["grant_type": "refresh_token", "refresh_token": "t"]
    let response = trial.send(
      Request(
        method: "POST", target: "/2/oauth2/token", headers: [header, header],
        body: Array(Trial.form(fields).utf8)))
    #expect(response.status == 401)
  }

  @Test("a client's secret and a request's tokens don't print")
  func nothingPrints() {
    let client = Client(id: "app", secret: "s3cret", redirectURIs: [])
    let request = Request(
      method: "POST", target: "/2/oauth2/token?code=s3cret",
      headers: [HeaderField("Authorization", "s3cret")], body: Array("s3cret".utf8))
    var texts = [String(describing: client), String(reflecting: client), "\(request)"]
    dump(client, to: &texts[0])
    dump(request, to: &texts[1])
    texts.append(String(reflecting: request))
    #expect(!texts.contains { $0.contains("s3cret") })
  }
}
