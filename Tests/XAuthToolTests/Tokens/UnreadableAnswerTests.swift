import HTTP
import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("refresh: an answer that can't be read, or not all of it")
struct UnreadableAnswerTests {
  /// Successes that nobody can read: a form, another encoding, a cut one.
  static let unreadable = [
    "access_token=a1&refresh_token=r1&token_type=bearer", "\u{1F}\u{8B}\u{8}",
    #"{"access_token":"a1","refresh_token":"r1""#,
  ]

  @Test(
    "a success that nobody can read is kept until it is known what became of the token",
    arguments: unreadable)
  func kept(body: String) throws {
    let world = World(grantFor: 60)
    world.network.script = [.answer(200, body, [:])]
    let run = world.run("refresh", "--json")
    #expect(run.errorCode == "outcome_unknown")
    #expect(run.output.contains("the answer is kept in \(world.path).xauth/journal"))
    func keptBody() throws -> String? {
      try world.record?.unreadableAnswer.map { String(decoding: $0.body, as: UTF8.self) }
    }
    #expect(try keptBody() == body)
    #expect(world.run("show").output.contains("an answer that can't be read, and may hold the new"))
    #expect(world.run("refresh", "--json").output.contains("the answer is kept in"))
    // Neither an attempt that never left nor one whose answer is lost takes its place.
    for step in [ScriptedNetwork.Step.notReached, .lost, .answer(502, "", [:]), .lost] {
      world.now += 301
      world.network.script = [step, step]
      #expect(world.run("refresh").status == 75)
      #expect(try keptBody() == body)
    }
    world.now += 301
    world.network.script = [.granted("a2", "r2")]
    #expect(world.run("refresh").status == 0)
    #expect(try world.record?.unreadableAnswer == nil)
  }

  @Test(
    "a page of any size keeps no later renewal away", arguments: [10_000, 16_384, 65_000, 110_000])
  func largePage(size: Int) throws {
    let world = World(grantFor: 60)
    world.network.script = [.answer(200, String(repeating: "x", count: size), [:])]
    #expect(world.run("refresh").status == 75)
    #expect(try world.record?.hasUnreadableAnswer == (size <= 16_384))
    for step in [ScriptedNetwork.Step.lost, .granted("a1", "r1")] {
      world.now += 301
      world.network.script = [step]
      world.run("refresh")
    }
    #expect(world.access == "a1")
  }

  @Test("what was kept outlives another client's refusal, and a revocation that was begun")
  func keptThrough() throws {
    let world = World(grantFor: 60)
    let text = world.text
    world.network.script = [.answer(200, "access_token=a1", [:]), .refused, .lost, .lost]
    #expect(world.run("refresh").status == 75)
    world.now += 301
    world.folder.write(text.replacing("CLIENT_ID=app", with: "CLIENT_ID=typo"), to: ".env")
    #expect(world.run("refresh").status == 3)
    world.folder.write(text, to: ".env")
    #expect(try world.record?.hasUnreadableAnswer == true)
    #expect(world.run("revoke").status == 75)
    #expect(try world.record?.hasUnreadableAnswer == true)
    #expect(world.run("refresh", "--force").status == 75)
    world.now += 301
    #expect(world.run("refresh", "--force").status == 75)
    #expect(world.network.requests.count == 4)
    #expect(try world.record?.hasUnreadableAnswer == true)
  }

  private func broken(after body: String) -> ScriptedNetwork.Step {
    .failure(
      HTTPFailure(
        host: "api.x.com", cause: .connectionLost, mayHaveReachedServer: true, detail: "",
        partialAnswer: HTTPResponse(status: 200, body: Array(body.utf8))))
  }

  @Test("tokens that came whole before the connection broke are an answer")
  func brokenBehindTokens() {
    let world = World(grantFor: 60)
    world.network.script = [broken(after: #"{"access_token":"a1","refresh_token":"r1"}"#)]
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1" && world.refresh == "r1")
  }

  @Test("what came of them otherwise is kept")
  func brokenInTokens() throws {
    let world = World(grantFor: 60)
    let half = #"{"access_token":"a1","refresh_tok"#
    world.network.script = [broken(after: half)]
    let run = world.run("refresh", "--json")
    #expect(run.errorCode == "connection_lost")
    #expect(try world.record?.unreadableAnswer?.body == Array(half.utf8))
  }

  @Test("a refusal is what follows if the renewal had worked: the answer stays, and is named")
  func keptThroughRefusal() throws {
    let world = World(grantFor: 60)
    world.network.script = [.answer(200, "access_token=a1", [:]), .refused]
    #expect(world.run("refresh").status == 75)
    world.now += 301
    let run = world.run("refresh")
    #expect(run.status == 3)
    #expect(run.errors.contains("may hold its successor"))
    #expect(try world.record?.hasUnreadableAnswer == true)
    #expect(world.run("show").output.contains("may hold the new tokens"))
    #expect(world.run("refresh").status == 3)
    #expect(world.network.requests.count == 2)
  }

  @Test("a gateway's page doesn't take the place of an answer that names tokens")
  func laterPage() throws {
    let world = World(grantFor: 60)
    let tokens = "access_token=a1&refresh_token=r1"
    for answer in [tokens, "<html>portal", "", "<html>portal"] {
      world.network.script = [.answer(answer.isEmpty ? 502 : 200, answer, [:])]
      #expect(world.run("refresh").status == 75)
      world.now += 301
    }
    #expect(world.network.requests.count == 4)
    #expect(try world.record?.unreadableAnswer?.body == Array(tokens.utf8))
  }

  @Test(
    "a refresh token that came without a usable access token is the newest grant",
    arguments: [
      #"{"refresh_token":"r1"}"#, #"{"access_token":"   ","refresh_token":"r1"}"#,
      #"{"access_token":null,"refresh_token":"r1"}"#,
      #"{"access_token":"a\u0007","refresh_token":"r1"}"#,
      #"{"access_token":"a1","token_type":"mac","refresh_token":"r1"}"#,
    ])
  func refreshTokenAlone(body: String) {
    let world = World(grantFor: 60)
    world.network.script = [.answer(200, body, [:]), .granted("a2", "r2")]
    let run = world.run("refresh", "--on-rotate", "notify", "--json")
    #expect(run.status == 75)
    #expect(run.errorCode == "no_access_token")
    #expect(world.refresh == "r1")
    #expect(world.access == "a0")
    #expect(world.value(.expiresAt) == "1800000060")
    #expect(world.hook.calls.count == 1)
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "r1"])
    #expect(world.refresh == "r2")
  }

  @Test("until then the old access token serves while it lives, and no longer")
  func refreshTokenAloneServes() {
    let world = World(grantFor: 30)
    world.network.script = [.answer(200, #"{"refresh_token":"r1"}"#, [:])]
    #expect(world.run("token").output == "a0\n")
    #expect(world.refresh == "r1")
    let ended = World(grantFor: 0)
    ended.network.script = [.answer(200, #"{"refresh_token":"r1"}"#, [:])]
    let run = ended.run("token")
    #expect(run.status == 75 && run.output.isEmpty)
    #expect(ended.refresh == "r1")
  }
}
