import Testing

@testable import OAuth

@Suite struct RetryAdviceTests {
  private func advice(_ headers: [String: String]) -> RetryAdvice? {
    RetryAdvice(answer(429, "", headers))
  }

  @Test("Retry-After is seconds or any of the three dates of HTTP")
  func retryAfter() {
    #expect(advice(["Retry-After": "120"]) == .after(seconds: 120))
    #expect(advice(["Retry-After": " 0 "]) == .after(seconds: 0))
    for date in [
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ] {
      #expect(advice(["Retry-After": date]) == .at(epochSeconds: 784_111_777), "\(date)")
    }
  }

  @Test("X's reset time stands in where Retry-After is missing or makes no sense")
  func reset() {
    #expect(advice(["x-rate-limit-reset": "1700000000"]) == .at(epochSeconds: 1_700_000_000))
    #expect(
      advice(["Retry-After": "soon", "x-rate-limit-reset": "9"]) == .at(epochSeconds: 9))
    #expect(advice(["Retry-After": "5", "x-rate-limit-reset": "9"]) == .after(seconds: 5))
  }

  @Test(
    "What says nothing is no advice",
    arguments: [
      "", "-1", "+1", "1.5", "1 2", "999999999999", "٣", "Sun, 06 Nov 1994 08:49:37",
      "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
      "Sun, 31 Feb 2027 08:49:37 GMT", "Mon, 29 Feb 2027 08:49:37 GMT",
      "Sun, 31 Apr 2027 08:49:37 GMT", "Sun, 00 Jan 2027 08:49:37 GMT",
      "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 8:4:3 PST",
    ])
  func nonsense(value: String) {
    #expect(advice(["Retry-After": value]) == nil)
    #expect(advice([:]) == nil)
  }

  @Test("The wait is never negative and never overflows")
  func wait() {
    #expect(RetryAdvice.after(seconds: 5).seconds(from: 1000) == 5)
    #expect(RetryAdvice.at(epochSeconds: 1005).seconds(from: 1000) == 5)
    #expect(RetryAdvice.at(epochSeconds: 10).seconds(from: 1000) == 0)
    #expect(RetryAdvice.at(epochSeconds: .min).seconds(from: .max) == 0)
  }

  @Test(
    "Dates are counted with every leap year",
    arguments: [
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
      ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
      ("Fri, 31 Dec 2100 23:59:59 GMT", 4_133_980_799),
      ("Tuesday, 01-Jan-69 00:00:00 GMT", nil), ("Sunday, 01-Jan-68 00:00:00 GMT", 3_092_601_600),
    ])
  func dates(text: String, seconds: Int?) {
    #expect(HTTPDate.epochSeconds(text) == (seconds ?? -31_536_000))
  }
}
