import Testing

@testable import OAuth

@Suite struct OAuth1RequestTests {
  private func parameters(_ list: KeyValuePairs<String, String>) -> [FormParameter] {
    list.map { FormParameter($0.key, $0.value) }
  }

  @Test("The base string is the one of RFC 5849 §3.4.1.1")
  func baseString() throws {
    let request = try OAuth1Request(
      method: "post", url: "http://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
      form: FormParameter.parse("c2&a3=2+q"))
    let base = request.baseString(
      parameters([
        "oauth_consumer_key": "9djdj82h48djs9d2", "oauth_token": "kkk9d7dh3k39sjv7",
        "oauth_signature_method": "HMAC-SHA1", "oauth_timestamp": "137131201",
        "oauth_nonce": "7d8f3e4a", "oauth_signature": "bYT5CMsGcbgUdFHObYMEfcx6bsw=",
      ]))
    #expect(
      base == "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5"
        + "%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2"
        + "%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1"
        + "%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7")
  }

  @Test("The three signatures are those of RFC 5849 §1.2")
  func signatures() throws {
    let consumer = Secret("kd94hf93k423kf44")
    let initiate = try OAuth1Request(method: "POST", url: "https://photos.example.net/initiate")
    #expect(
      try initiate.signature(
        over: parameters([
          "oauth_consumer_key": "dpf43f3p2l4k3l03", "oauth_signature_method": "HMAC-SHA1",
          "oauth_timestamp": "137131200", "oauth_nonce": "wIjqoS",
          "oauth_callback": "http://printer.example.com/ready",
        ]), secrets: (consumer, Secret(""))) == "74KNZJeDHnMBp0EMJ9ZHt/XKycU=")
    let token = try OAuth1Request(method: "POST", url: "https://photos.example.net/token")
    #expect(
      try token.signature(
        over: parameters([
          "oauth_consumer_key": "dpf43f3p2l4k3l03", "oauth_token": "hh5s93j4hdidpola",
          "oauth_signature_method": "HMAC-SHA1", "oauth_timestamp": "137131201",
          "oauth_nonce": "walatlh", "oauth_verifier": "hfdp7dh39dks9884",
        ]), secrets: (consumer, Secret("hdhd0244k9j7ao03"))) == "gKgrFCywp7rO0OXSjdot/IHF7IU=")
    let photos = try OAuth1Request(
      method: "GET", url: "http://photos.example.net/photos?file=vacation.jpg&size=original")
    #expect(
      try photos.signature(
        over: parameters([
          "oauth_consumer_key": "dpf43f3p2l4k3l03", "oauth_token": "nnch734d00sl2jdk",
          "oauth_signature_method": "HMAC-SHA1", "oauth_timestamp": "137131202",
          "oauth_nonce": "chapoH",
        ]), secrets: (consumer, Secret("pfkkdhi9sl3r4s00"))) == "MdpQcU8iPSUjWoN/UDMsK2sui9I=")
  }

  @Test("The whole header is the one of X's documentation, \"Creating a signature\"")
  func documentedExample() throws {
    let request = try OAuth1Request(
      method: "POST", url: "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
      form: [FormParameter("status", "Hello Ladies + Gentlemen, a signed OAuth request!")])
    let header = try request.authorization(
      OAuth1Credentials(
        consumerKey: "xvz1evFS4wEEPTGEFPHBog",
        consumerSecret: Secret("kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"),
        accessToken: Secret("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
        accessTokenSecret: Secret("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE")),
      nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", timestamp: 1_318_622_958)
    #expect(
      header.reveal() == #"OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", "#
        + #"oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", "#
        + #"oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D", "#
        + #"oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318622958", "#
        + #"oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", oauth_version="1.0""#)
  }

  @Test("Parameters are sorted by their encoded names, then values; equal ones stay twice")
  func sorting() throws {
    let request = try OAuth1Request(
      method: "GET", url: "http://h/?b=2&b=1&a=&a&%C3%A9=1&Z=0&a%2Bb=~&b=1")
    #expect(
      request.baseString([])
        == "GET&http%3A%2F%2Fh%2F&%25C3%25A9%3D1%26Z%3D0%26a%3D%26a%3D%26a%252Bb%3D~%26b%3D1%26b"
        + "%3D1%26b%3D2")
  }

  @Test("Nothing of the header can break out of its quotes")
  func headerEncoding() throws {
    let secret = Secret("s")
    let header = try OAuth1Request(method: "GET", url: "http://h").authorization(
      OAuth1Credentials(
        consumerKey: "a\"\r\nX: y", consumerSecret: secret, accessToken: secret,
        accessTokenSecret: secret), nonce: "n", timestamp: 0)
    #expect(header.reveal().contains(#"oauth_consumer_key="a%22%0D%0AX%3A%20y","#))
  }
}
