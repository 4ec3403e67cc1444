import Testing

@testable import HTTP

@Suite struct ProxyExceptionsTests {
  @Test(
    "these hosts are exempted",
    arguments: [
      ("*", "api.x.com"), ("x.com", "x.com"), ("x.com", "api.x.com"), (".x.com", "api.x.com"),
      (".x.com", "x.com"), ("a.example,X.Com", "api.x.com"), ("a.example x.com.", "api.x.com"),
      ("x.com", "api.x.com."), (" x.com , b ", "x.com"), ("10.0.0.1", "10.0.0.1"),
      ("10.0.0.0/8", "10.255.1.2"), ("10.128.0.0/9", "10.129.0.1"), ("0.0.0.0/0", "10.0.0.1"),
      ("2001:db8::1", "2001:db8:0::1"), ("[2001:db8::1]", "2001:db8::1"),
      ("2001:db8::/32", "2001:db8:ffff::1"),
    ])
  func covered(list: String, host: String) {
    #expect(ProxyExceptions(list).cover(host))
  }

  @Test(
    "these are not",
    arguments: [
      ("", "api.x.com"), (",", "api.x.com"), (".", "api.x.com"), ("x.com", "fox.com"),
      ("api.x.com", "x.com"), ("*.x.com", "api.x.com"), ("x.com:443", "x.com"),
      ("10.0.0.0/8", "11.0.0.1"), ("10.128.0.0/9", "10.127.0.1"), ("10.0.0.0/33", "10.0.0.0"),
      ("10.0.0.0/-1", "10.0.0.0"), ("10.0.0.0/", "10.0.0.0"), ("0.0.1", "10.0.0.1"),
      ("::/0", "10.0.0.1"),
    ])
  func notCovered(list: String, host: String) {
    #expect(!ProxyExceptions(list).cover(host))
  }

  @Test("a long list is no burden")
  func longList() {
    let list = String(repeating: "a.example,", count: 100_000) + "x.com"
    #expect(ProxyExceptions(list).cover("api.x.com"))
  }
}
