import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("refresh: the answer, and what becomes of the tokens")
struct RefreshTests {
  @Test("a due token is renewed, saved whole, and said in one line")
  func renewed() throws {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1", scope: "users.read tweet.read")]
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.output.isEmpty)
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(run.errors.hasPrefix("renewed: valid until "))
    #expect(world.access == "a1")
    #expect(world.refresh == "r1")
    #expect(world.value(.expiresAt) == "1800007200")
    #expect(world.value(.grantedScopes) == "users.read,tweet.read")
    #expect(world.network.sent("grant_type") == ["refresh_token"])
    #expect(world.network.sent("refresh_token") == ["r0"])
    #expect(world.network.sent("scope") == ["-"])
    #expect(try world.record?.end == .done)
  }

  @Test("the steps are passed in the protocol's order, signals held from the intent to the save")
  func order() {
    let world = World(grantFor: 60)
    var held: [RotationStep: Bool] = [:]
    world.meanwhile = { [unowned world] in held[$0] = world.areSignalsHeld }
    world.network.script = [.granted("a1", "r1")]
    world.run("refresh")
    #expect(
      world.steps == [
        .locked, .recovered, .proved, .claimed, .intentWritten, .sent, .answerWritten, .saved,
        .markedDone,
      ])
    #expect(held[.proved] == false)
    for step in [RotationStep.intentWritten, .sent, .answerWritten, .saved, .markedDone] {
      #expect(held[step] == true)
    }
    #expect(!world.areSignalsHeld)
  }

  @Test("an expiry that the token can't live to see is no expiry: it is renewed, once")
  func impossibleExpiry() {
    let world = World(grantFor: 7200 + 301)
    #expect(
      world.run("show").errors.contains("X_OAUTH2_EXPIRES_AT is later than the token can live"))
    #expect(world.run("show", "--json").output.contains(#""state":"renewable""#))
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("token").output == "a1\n")
    #expect(world.value(.expiresAt) == "1800007200")
    let alone = World("X_OAUTH2_ACCESS_TOKEN=a0\nX_OAUTH2_EXPIRES_AT=9999999999\n")
    #expect(alone.run("token").output == "a0\n")
    let believed = World(grantFor: 7200 + 300)
    #expect(believed.run("token").output == "a0\n")
    #expect(believed.network.requests.isEmpty)
  }

  @Test("an expiry written before the clock was set back is no expiry: it is renewed, once")
  func clockSetBack() throws {
    let world = World(grantFor: 6600)
    var record = RotationRecord(fileHolds: try world.settings("show").grant().grant)
    record.newest.issuedAt = world.now - 600
    func came(secondsAgo: Int, boot: String = BootMoment.now.boot) throws {
      record.newest.issuedMoment = BootMoment(
        boot: boot, seconds: BootMoment.now.seconds - secondsAgo)
      try world.journal(record)
    }
    try came(secondsAgo: 890)
    #expect(world.run("show", "--min-validity", "1m").status == 0)
    try came(secondsAgo: 4200, boot: "another")
    #expect(world.run("show", "--min-validity", "1m").status == 0)
    try came(secondsAgo: 4200)
    #expect(world.run("show", "--min-validity", "1m").status == 75)
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("token").output == "a1\n")
    #expect(world.run("token").output == "a1\n")
    #expect(world.run("show", "--min-validity", "1h").status == 0)
  }

  @Test("a longer life is believed as soon as X says so: one renewal, and no storm")
  func longerLife() {
    let world = World(grantFor: 14_400)
    world.network.script = [
      .answer(
        200,
        #"{"access_token":"a1","refresh_token":"r1","token_type":"bearer","expires_in":14400}"#, [:]
      )
    ]
    #expect(world.run("token").output == "a1\n")
    #expect(world.value(.expiresAt) == "1800014400")
    #expect(world.run("token").output == "a1\n")
    #expect(world.run("refresh").status == 0)
    #expect(world.run("show").errors == "")
    #expect(world.network.requests.count == 1)
  }

  @Test("a renewal made while the clock was ahead is made again once it is right, and then no more")
  func clockAhead() {
    let world = World(grantFor: 60)
    world.now += 10_800
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    world.now -= 10_800
    world.network.script = [.granted("a2", "r2")]
    #expect(world.run("token").output == "a2\n")
    #expect(world.run("token").output == "a2\n")
    #expect(world.network.requests.count == 2)
  }

  @Test("a life that X doesn't say is two hours, whatever it said before")
  func lifeUnsaid() {
    let world = World(grantFor: 60)
    let short =
      #"{"access_token":"a1","refresh_token":"r1","token_type":"bearer","expires_in":1800}"#
    let silent = #"{"access_token":"a2","refresh_token":"r2","token_type":"bearer"}"#
    world.network.script = [.answer(200, short, [:]), .answer(200, silent, [:])]
    for _ in 1...3 { #expect(world.run("refresh").status == 0) }
    #expect(world.access == "a2")
    #expect(world.network.requests.count == 2)
  }

  @Test("a token that programs read in different ways is stored, with a warning")
  func unportableToken() {
    for (token, line, isPortable) in [
      (#"it's $5"#, #""it's \$5""#, false), ("it's", #""it's""#, true), ("a1", "a1", true),
    ] {
      let world = World(grantFor: 0)
      world.network.script = [.granted(token, "r1")]
      let run = world.run("token")
      #expect(run.output == "\(token)\n")
      #expect(world.access == line)
      #expect(run.errors.contains("programs read in different ways") != isPortable)
    }
  }

  @Test("--verbose tells the steps, and no secret")
  func verbose() {
    let world = World(grantFor: 60, access: "access-0", refresh: "refresh-0")
    world.network.script = [.granted("access-1", "refresh-1")]
    let run = world.run("refresh", "--verbose")
    for step in RotationStep.allCases {
      if let words = step.words { #expect(run.errors.contains("  \(words)\n")) }
    }
    for token in ["access-0", "refresh-0", "access-1", "refresh-1"] {
      #expect(!run.errors.contains(token))
    }
  }

  @Test("nothing is due with more than 75 minutes left: no request, no word, no change")
  func notDue() {
    let world = World(grantFor: 75 * 60)
    let before = world.text
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.output.isEmpty && run.errors.isEmpty)
    #expect(world.network.requests.isEmpty)
    #expect(world.text == before)
    world.isOnTerminal = true
    #expect(world.run("refresh").errors.hasPrefix("nothing due: valid until "))
  }

  @Test("a second below is due; --min-validity and --force move that")
  func due() {
    for arguments in [["--min-validity", "75m"], ["--force"], ["--min-validity=2h"]] {
      let world = World(grantFor: arguments == ["--min-validity", "75m"] ? 75 * 60 - 1 : 7000)
      world.network.script = [.granted("a1", "r1")]
      let context = Context.test(
        world, ["refresh"] + arguments, output: Captured(), errors: Captured())
      #expect(XAuth.run(context) == 0)
      #expect(world.access == "a1")
    }
    let world = World(grantFor: 601)
    #expect(world.run("refresh", "--min-validity", "10m").status == 0)
    #expect(world.network.requests.isEmpty)
  }

  @Test("--quiet says nothing when it renews")
  func quiet() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", "r1")]
    let run = world.run("refresh", "--quiet")
    #expect(run.status == 0)
    #expect(run.output.isEmpty && run.errors.isEmpty)
  }

  @Test("--json is one object that tells the outcome and no token")
  func json() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1-token", "r1-token")]
    let run = world.run("refresh", "--json")
    #expect(run.output.contains(#""outcome":"renewed""#))
    #expect(run.output.contains(#""expires_at":1800007200"#))
    #expect(run.output.split(separator: "\n").count == 1)
    #expect(!run.output.contains("a1-token") && !run.errors.contains("a1-token"))
  }

  @Test("an answer without a refresh token keeps the old one")
  func keptRefreshToken() {
    let world = World(grantFor: 60)
    world.network.script = [.granted("a1", nil)]
    #expect(world.run("refresh").status == 0)
    #expect(world.access == "a1")
    #expect(world.refresh == "r0")
    #expect(world.run("refresh", "--min-validity", "10m").status == 0)
  }

  @Test("a token that lives shorter than asked for, or nobody knows how long, is warned about")
  func lifetimes() {
    let short = World(grantFor: 60)
    short.network.script = [.granted("a1", "r1", lifetime: 600)]
    let run = short.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.contains("lives only 10 min, less than --min-validity"))

    let unknown = World(grantFor: 60)
    unknown.network.script = [.answer(200, #"{"access_token":"a1","refresh_token":"r1"}"#, [:])]
    #expect(unknown.run("refresh").errors.contains("two hours are assumed"))
    #expect(unknown.value(.expiresAt) == "1800007200")
  }

  @Test("a wrong client is exit 4, and the token isn't spent: the next run sends it")
  func misconfigured() {
    let world = World(grantFor: 60)
    world.network.script = [.clientRefused, .granted("a1", "r1")]
    let run = world.run("refresh", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "client_refused")
    #expect(world.refresh == "r0")
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "r0"])
  }

  @Test("429 is exit 75 and names the time; the next run may send the token")
  func rateLimited() {
    let world = World(grantFor: 60)
    world.network.script = [
      .answer(429, "", ["retry-after": "90"]),
      .answer(429, "", ["x-rate-limit-reset": "1800000600"]), .granted("a1", "r1"),
    ]
    let first = world.run("refresh")
    #expect(first.status == 75)
    #expect(first.errors.contains("1 min 30 s"))
    #expect(world.run("refresh").errors.contains("10 min"))
    #expect(world.run("refresh").status == 0)
  }

  @Test("a connection that was refused is tried once more, and then nothing is spent")
  func notReached() throws {
    let world = World(grantFor: 60)
    world.network.script = [.notReached, .granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)

    let down = World(grantFor: 60)
    down.network.script = [.notReached, .notReached, .granted("a1", "r1")]
    let run = down.run("refresh")
    #expect(run.status == 75)
    #expect(run.errors.contains("; nothing was sent; the token in \(down.path) works until 08:01"))
    #expect(try down.record?.end == .done)
    #expect(down.run("refresh").status == 0)
  }

  @Test("a second try whose answer is lost is not taken back")
  func lostAtSecondTry() throws {
    let world = World(grantFor: 60)
    world.network.script = [.notReached, .lost]
    #expect(world.run("refresh").status == 75)
    #expect(try world.record?.end == .intent)
    #expect(world.network.requests.count == 2)
  }

  @Test("an answer too long for the journal is renewed and recorded all the same")
  func tooLongForJournal() throws {
    let world = World(grantFor: 60)
    let padding = String(repeating: "x", count: 200_000)
    world.network.script = [
      .answer(
        200, #"{"access_token":"a1","refresh_token":"r1","expires_in":7200,"pad":"\#(padding)"}"#,
        [:])
    ]
    var written: RotationRecord?
    world.meanwhile = { [unowned world] in if $0 == .saved { written = try? world.record } }
    #expect(world.run("refresh").status == 0)
    #expect(world.refresh == "r1")
    #expect(written?.end == .answer)
    #expect(written?.newest.grant.hasSameTokens(as: .of("a1", "r1")) == true)
    #expect(try world.record?.end == .done)
  }

  @Test("without libcurl nothing is sent and nothing is begun")
  func noLibrary() throws {
    let world = World(grantFor: 60)
    world.network.isLibraryMissing = true
    let run = world.run("refresh", "--json")
    #expect(run.status == 4)
    #expect(run.errorCode == "libcurl_missing")
    #expect(try world.record == nil)
  }

  @Test("the lock is waited for, but not for ever: then exit 75")
  func lockTimeout() throws {
    let world = World(grantFor: 60)
    world.lockTimeout = 0
    let holder = try LockHolder(world)
    let run = world.run("refresh", "--json")
    #expect(run.status == 75)
    #expect(run.errorCode == "lock_timed_out")
    #expect(world.network.requests.isEmpty)
    holder.end()
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
  }
}
