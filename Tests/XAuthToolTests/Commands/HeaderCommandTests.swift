import Foundation
import TestSupport
import Testing

@testable import XAuthTool

@Suite("header")
struct HeaderCommandTests {
  private static let oauth1 = [
    "X_OAUTH_CONSUMER_KEY": "key", "X_OAUTH_CONSUMER_SECRET": "consumer-secret",
    "X_OAUTH_ACCESS_TOKEN": "token", "X_OAUTH_ACCESS_TOKEN_SECRET": "token-secret",
  ]
  private static let url = "https://api.x.com/2/users/me"

  @Test("a token that is good is the header, and nothing else is looked at")
  func bearer() {
    let world = World.loggedIn(for: 3600)
    // Half of the 1.0a settings would be an error.
    world.environment = ["X_OAUTH_CONSUMER_KEY": "key"]
    let outcome = world.run("header", Self.url)
    #expect(outcome.output == "Authorization: Bearer access==\n")
    #expect(outcome.status == 0)
    #expect(world.network.requests.isEmpty)
  }

  @Test(
    "a token goes nowhere in the clear, be it a Bearer or a signature",
    arguments: [
      ("http://api.x.com/2/users/me", "url_not_https"),
      ("HTTP://localhost.example.com/", "url_not_https"),
      ("http://127.0.0.1@api.x.com/", "url_not_https"), ("ftp://api.x.com/", "url_unusable"),
      ("api.x.com/2/users/me", "url_unusable"), ("not a url", "url_unusable"),
      ("https://", "url_unusable"), ("localhost:8080/x", "url_unusable"),
    ])
  func clear(url: String, code: String) {
    let bearer = World.loggedIn(for: 3600)
    let signed = World.withoutFile()
    signed.environment = Self.oauth1
    for world in [bearer, signed] {
      let outcome = world.run("header", "--json", url)
      #expect(outcome.status == 2)
      #expect(outcome.errorCode == code)
    }
    for loopback in ["http://127.0.0.1:9/x", "http://[::1]/x", "http://localhost/"] {
      #expect(bearer.run("header", loopback).status == 0)
    }
  }

  @Test("an OAuth 2.0 token under OAuth 1.0a's name is recognized")
  func misplaced() {
    // Base64url of "abc:1700000000000:1:1:at:1".
    let token = "YWJjOjE3MDAwMDAwMDAwMDA6MToxOmF0OjE"
    let world = World()
    world.environment["X_OAUTH_ACCESS_TOKEN"] = token
    for command in [["header", Self.url], ["doctor"], ["show"]] {
      let outcome = world.run(command)
      #expect(
        (outcome.errors + outcome.output).contains(
          "X_OAUTH_ACCESS_TOKEN from the environment is an OAuth 2.0 token"))
      #expect(!(outcome.errors + outcome.output).contains(token))
    }
    #expect(world.run("header", Self.url).status == 4)
    // Beside the other three it would be signed with.
    world.environment = Self.oauth1
    world.environment["X_OAUTH_ACCESS_TOKEN"] = token
    #expect(world.run("header", Self.url).status == 4)
    // One of OAuth 1.0a.
    world.environment = ["X_OAUTH_ACCESS_TOKEN": "12345-abcdef"]
    #expect(world.run("header", Self.url).errors.contains("OAuth 1.0a needs"))
    #expect(!world.run("show").output.contains("OAuth 2.0 token"))
  }

  @Test("a Bearer whose renewal failed never becomes a signature")
  func noFallback() {
    for answer in [401, 400, 429, 503] {
      let world = World.loggedIn(for: -10)
      world.environment = Self.oauth1
      world.network.script = [
        .answer(answer, #"{"error":"invalid_request","error_description":"no"}"#, [:])
      ]
      let outcome = world.run("header", Self.url)
      #expect(outcome.output == "")
      #expect(outcome.status != 0)
      #expect(world.network.requests.count == 1)
    }
  }

  @Test("without a token the request is signed by OAuth 1.0a")
  func signature() {
    let world = World.withoutFile()
    world.environment = Self.oauth1
    let outcome = world.run("header", Self.url)
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix(#"Authorization: OAuth oauth_consumer_key="key", "#))
    #expect(outcome.output.contains(#"oauth_nonce="000102030405060708090a0b0c0d0e0f""#))
    #expect(outcome.output.contains(#"oauth_timestamp="1800000000""#))
    #expect(!outcome.output.contains("secret"))
    #expect(world.network.requests.isEmpty)
  }

  @Test("one variable switches a script from 1.0a to 2.0, and clearing it switches back")
  func oneVariable() {
    let world = World.withoutFile()
    world.environment = Self.oauth1
    world.environment["X_OAUTH2_ACCESS_TOKEN"] = "t"
    #expect(world.run("header", Self.url).output == "Authorization: Bearer t\n")
    world.environment["X_OAUTH2_ACCESS_TOKEN"] = ""
    #expect(world.run("header", Self.url).output.hasPrefix("Authorization: OAuth "))
  }

  @Test("method and form change the signature, and a form means POST")
  func methodAndForm() throws {
    let world = World.withoutFile()
    world.environment = Self.oauth1
    let get = world.run("header", Self.url).output
    let named = world.run("header", "get", Self.url).output
    let delete = world.run("header", "DELETE", Self.url).output
    let form = world.run("header", "--data", "a=1", "--data", "b=x y", Self.url).output
    let post = world.run("header", "POST", "--data=b=x y", "--data=a=1", Self.url).output
    #expect(get == named)
    #expect(get != delete)
    #expect(form == post)
    #expect(form != get)
  }

  @Test("--curl quotes the line as curl reads it")
  func curl() {
    let world = World.withoutFile()
    world.environment = Self.oauth1
    let line = world.run("header", "--curl", Self.url).output
    #expect(line.hasPrefix(#"header = "Authorization: OAuth oauth_consumer_key=\"key\", "#))
    #expect(line.hasSuffix("\\\"1.0\\\"\"\n"))
    #expect(CurlConfiguration.quote(#"a\"b"#) == #""a\\\"b""#)
  }

  @Test("nothing that is quoted for curl ends its line")
  func quotedLineBreaks() throws {
    let folder = TemporaryFolder()
    for lineBreak in ["\n", "\r\n", "\r", "\u{0b}"] {
      let text = ["A: x", "output = \(folder.file("out"))", "url = file:///etc/passwd", "#"]
      let outcome = try Child.run(
        "/usr/bin/curl", ["-sK", "-", "file:///dev/null"], environment: ["HOME": folder.path],
        input: "header = \(CurlConfiguration.quote(text.joined(separator: lineBreak)))\n")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output == "")
      #expect(folder.bytes("out") == nil)
    }
  }

  @Test("a consumer key of two lines is not signed with", arguments: oauth1.keys.sorted())
  func controlCharacters(name: String) {
    let world = World.withoutFile()
    world.environment = Self.oauth1
    world.environment[name] = "one\ntwo"
    let outcome = world.run("header", Self.url)
    #expect(outcome.status == 4)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("\(name) from the environment contains a control character"))
    #expect(world.run("doctor").output.contains("\(name) from the environment contains a control"))
  }

  @Test("--json names the scheme")
  func json() throws {
    let world = World.loggedIn(for: 3600)
    let output = world.run("header", "--json", Self.url).output
    #expect(
      output
        == #"{"name":"Authorization","scheme":"Bearer","value":"Bearer access==","version":1}"#
        + "\n"
    )
    #expect(world.run("header", "--json", "--curl", Self.url).status == 2)
  }

  @Test("what can't be signed says why, and prints nothing")
  func refusals() {
    let world = World.withoutFile()
    world.environment = Self.oauth1
    let calls: [([String], String)] = [
      (["https://h/\u{e4}"], "url_unusable"), (["https://h/a b"], "url_unusable"),
      (["G-T", Self.url], "not_a_method"), (["--data", "novalue", Self.url], "not_name_and_value"),
      (["--data", "=v", Self.url], "not_name_and_value"),
    ]
    for (arguments, code) in calls {
      let all = ["header", "--json"] + arguments
      let outcome = world.run(all)
      #expect(outcome.errorCode == code, "\(arguments)")
      #expect(outcome.status == 2)
    }
    world.environment["X_OAUTH_ACCESS_TOKEN"] = nil
    let half = world.run("header", Self.url)
    #expect(half.status == 4)
    #expect(half.errors.contains("OAuth 1.0a needs X_OAUTH_ACCESS_TOKEN too"))
  }

  @Test("with neither, a person must log in or name the file")
  func nothing() {
    #expect(World().run("header", Self.url).status == 3)
    #expect(World.withoutFile().run("header", Self.url).status == 4)
  }
}
