import Foundation
import TestSupport
import Testing

@testable import OAuth

/// The Python of the tests, which has oauthlib.
private let python = ProcessInfo.processInfo.environment["XAUTH_TEST_PYTHON"]
  .flatMap { $0.isEmpty ? nil : $0 }

@Suite("OAuth 1.0a beside oauthlib", .enabled(if: python != nil))
struct OAuth1InteropTests {
  /// A request, and the header that oauthlib makes for it.
  private struct Signed: Decodable {
    let method: String
    let url: String
    let form: [[String]]
    let key: String
    let consumerSecret: String
    let token: String
    let tokenSecret: String
    let nonce: String
    let timestamp: Int
    let header: String
  }

  /// Makes a thousand requests with all that tells implementations apart: ports, upper case, empty
  /// and repeated parameters, reserved and encoded characters in path and query, other scripts.
  private static let generator = """
    import json, random
    from urllib.parse import quote, urlencode
    from oauthlib.oauth1 import Client

    random.seed(5849)
    texts = ['', 'a', 'B', '0', 'a b', 'x=y', '&', '%', '+', '~', '!*\\'()', ';/?:@', ',', '"',
             'é', 'e\\u0301', '日本', '😀', '%20', '%2B', 'a+b', '_-.', 'oauth', 'zz', '\\n', '#']
    paths = ['', '/', '/2/tweets', '/1.1/statuses/update.json', '/a%20b', '/A/~b/', '/x;y=1', '/%C3%A9',
             '/a//b', '/a%2Fb', '/:@', "/!$&'()*+,=", '/a/../b']
    hosts = ['api.x.com', 'API.x.COM', 'h', '127.0.0.1', '[::1]', 'xn--bcher-kva.example']

    def parameters():
        pairs = [(random.choice(texts[1:]), random.choice(texts)) for _ in range(random.randrange(6))]
        return pairs + random.sample(pairs, random.randrange(len(pairs) + 1))

    def written(pairs):
        parts = []
        for name, value in pairs:
            encode = random.choice([quote, lambda t, safe: quote(t, safe=safe).replace('%20', '+')])
            if not value and random.random() < 0.3:
                parts.append(encode(name, safe='') + '=')
            else:
                parts.append(encode(name, safe='~') + '=' + encode(value, safe='~-._'))
        return '&'.join(parts)

    cases = []
    for number in range(1000):
        scheme = random.choice(['http', 'https', 'HTTP', 'Https'])
        port = random.choice(['', '', ':80', ':443', ':8080'])
        query, form = parameters(), parameters()
        url = scheme + '://' + random.choice(hosts) + port + random.choice(paths)
        if query or random.random() < 0.1:
            url += '?' + written(query)
        method = random.choice(['GET', 'POST', 'put', 'DELETE', 'PATCH'])
        if method == 'GET':
            form = []
        values = [random.choice(texts[1:]) + str(number) for _ in range(4)]
        client = Client(values[0], values[1], values[2], values[3], nonce='n%d' % number,
                        timestamp=str(1_300_000_000 + number))
        headers = {'Content-Type': 'application/x-www-form-urlencoded'} if form else {}
        _, signed, _ = client.sign(url, method, urlencode(form) if form else None, headers)
        cases.append(dict(
            method=method, url=url, form=form, key=values[0], consumerSecret=values[1],
            token=values[2], tokenSecret=values[3], nonce='n%d' % number,
            timestamp=1_300_000_000 + number, header=signed['Authorization']))
    print(json.dumps(cases))
    """

  @Test("a thousand requests are signed as oauthlib signs them")
  func thousand() throws {
    let made = try Child.run(
      try #require(python), ["-c", Self.generator], environment: ["PYTHONUTF8": "1"])
    try #require(made.status == 0, "\(made.errors)")
    let cases = try JSONDecoder().decode([Signed].self, from: Data(made.output.utf8))
    #expect(cases.count == 1000)
    for signed in cases {
      let request = try OAuth1Request(
        method: signed.method, url: signed.url,
        form: signed.form.map { FormParameter($0[0], $0[1]) })
      let credentials = OAuth1Credentials(
        consumerKey: signed.key, consumerSecret: Secret(signed.consumerSecret),
        accessToken: Secret(signed.token), accessTokenSecret: Secret(signed.tokenSecret))
      let header = try request.authorization(
        credentials, nonce: signed.nonce, timestamp: signed.timestamp)
      #expect(
        fields(header.reveal()) == fields(signed.header),
        "\(signed.method) \(signed.url) \(signed.form)")
    }
  }

  /// The fields of a header: their order means nothing.
  private func fields(_ header: String) -> Set<Substring> {
    Set(header.dropFirst("OAuth ".count).split(separator: ",").map { $0.drop { $0 == " " } })
  }
}
