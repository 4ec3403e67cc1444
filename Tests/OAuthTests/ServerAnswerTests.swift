import Testing

@testable import OAuth

@Suite struct ServerAnswerTests {
  @Test("Only the headers that matter are kept, in lower case")
  func headers() {
    let headers = ["Retry-After": "5", "Set-Cookie": "a=b", "X-RATE-LIMIT-RESET": "9", "Date": "x"]
    #expect(answer(429, "", headers).headers == ["retry-after": "5", "x-rate-limit-reset": "9"])
  }
}
