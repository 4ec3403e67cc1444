import Testing

@testable import OAuth

@Suite struct OAuth1AddressTests {
  @Test(
    "The base string URI follows RFC 5849 §3.4.1.2",
    arguments: [
      ("http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"),
      ("https://www.example.net:8080/?q=1", "https://www.example.net:8080/"),
      ("HTTPS://h:443", "https://h/"), ("https://h:80/", "https://h:80/"),
      ("http://h:/", "http://h/"),
      ("http://h?a=b", "http://h/"), ("http://h#f", "http://h/"), ("http://h/a#?b", "http://h/a"),
      ("http://h/a//b/../c%2f", "http://h/a//b/../c%2f"),
      ("http://[::1]:8080/x", "http://[::1]:8080/x"),
      ("http://[FE80::1]/", "http://[fe80::1]/"), ("http://h:0443/a:b@c", "http://h:443/a:b@c"),
    ])
  func base(url: String, base: String) throws {
    #expect(try OAuth1Address(url).base == base)
  }

  @Test(
    "A query is decoded as a form, and whatever is odd in it stays",
    arguments: [
      ("http://h", ""), ("http://h/?", ""), ("http://h/?a+b=c%20d", "a%20b=c%20d"),
      ("http://h/?a=b=c", "a=b%3Dc"), ("http://h/?&a&&b=&", "a=&b="), ("http://h/?=v", "=v"),
      ("http://h/?a=%zz%4", "a=%25zz%254"), ("http://h/?a=%FF%00", "a=%FF%00"),
      ("http://h/?a=1?2/3#f", "a=1%3F2%2F3"), ("http://h/?a=%2B%25", "a=%2B%25"),
    ])
  func query(url: String, encoded: String) throws {
    #expect(FormParameter.encode(try OAuth1Address(url).query) == encoded)
  }

  @Test(
    "An address that can't be signed is refused",
    arguments: [
      ("", .notHTTP), ("h/a", .notHTTP), ("ftp://h/", .notHTTP), ("http:/h", .notHTTP),
      ("/http://h", .notHTTP), ("http://", .noHost), ("http:///a", .noHost),
      ("http://:80/", .noHost),
      ("http://u:p@h/", .userInformation), ("http://@h/", .userInformation),
      ("http://h:x/", .port), ("http://h:0/", .port), ("http://h:65536/", .port),
      ("http://h:99999999999999999999/", .port), ("http://h/a b", .unencodedCharacter),
      ("http://h/é", .unencodedCharacter), ("http://h/\n", .unencodedCharacter),
    ] as [(String, InvalidURL)])
  func refused(url: String, reason: InvalidURL) {
    #expect(throws: reason) { try OAuth1Request(method: "GET", url: url) }
  }
}
