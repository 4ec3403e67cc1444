import Foundation
import Testing

@testable import XAuthTool

@Suite("A renewal that fails while there is time, and one that never will succeed")
struct PostponedTests {
  @Test(
    "a temporary failure with 25 minutes left: exit 0 and a line, none with --quiet",
    arguments: [
      ScriptedNetwork.Step.notReached, .lost, .answer(500, "", [:]), .answer(429, "", [:]),
    ])
  func postponed(step: ScriptedNetwork.Step) {
    let world = World(grantFor: 25 * 60)
    world.network.script = [step, step]
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(run.errors.hasPrefix("not renewed yet: "))
    #expect(run.errors.hasSuffix("; the token in \(world.path) works until 08:25\n"))
    #expect(run.errors.split(separator: "\n").count == 1)
    let quiet = World(grantFor: 25 * 60)
    quiet.network.script = [step, step]
    let silent = quiet.run("refresh", "--quiet")
    #expect(silent.status == 0 && silent.output == "" && silent.errors == "")
  }

  @Test("with --json it is an outcome of its own, with the failure in it")
  func json() {
    let world = World(grantFor: 1500)
    world.network.script = [.answer(503, "", [:])]
    let output = world.run("refresh", "--json").output
    #expect(output.contains(#""outcome":"postponed""#))
    #expect(output.contains(#""problem":{"code":"outcome_unknown""#))
    #expect(output.contains(#""seconds_left":1500"#))
  }

  @Test("with a second less, with --force, or with a --min-validity: exit 75 and a message")
  func told() {
    for (left, arguments) in [
      (1499, []), (3600, ["--force"]), (3600, ["--min-validity", "75m"]),
    ] {
      let world = World(grantFor: left)
      world.network.script = [.answer(500, "", [:])]
      let run = world.run(["refresh", "--quiet"] + arguments)
      #expect(run.status == 75)
      #expect(run.errors.contains("answered with 500; X may or may not have"))
      #expect(run.errors.contains("the token in \(world.path) works until"))
    }
  }

  @Test("a refused client and a suspended app are told at once")
  func atOnce() {
    let world = World(grantFor: 3600)
    world.network.script = [.clientRefused]
    #expect(world.run("refresh", "--quiet").status == 4)
    let suspended = World(grantFor: 3600)
    suspended.network.script = [.answer(403, #"{"detail":"Suspended"}"#, [:])]
    let run = suspended.run("refresh", "--quiet")
    #expect(run.status == 75)
    #expect(run.errors.contains("api.x.com refused the renewal with 403: \"Suspended\""))
  }

  @Test(
    "a dead grant is told once under --quiet, again when its token has expired, then once a day")
  func deadGrant() {
    let world = World(grantFor: 3600)
    world.network.script = [.refused]
    func mails(every seconds: Int, for span: Int) -> [Int] {
      let start = world.now
      var times: [Int] = []
      while world.now < start + span {
        let run = world.run("refresh", "--quiet")
        #expect(run.status == 3)
        if !run.errors.isEmpty { times.append(world.now - start) }
        world.now += seconds
      }
      return times
    }
    #expect(mails(every: 1200, for: 3 * 86_400) == [0, 3600, 90_000, 176_400])
    #expect(world.network.requests.count == 1)
  }

  @Test("without --quiet and with --json each run tells it; a new token starts anew")
  func notQuiet() {
    let world = World(grantFor: 60)
    world.network.script = [.refused, .refused]
    #expect(world.run("refresh", "--quiet").errors.contains("may work until 08:01"))
    #expect(world.run("refresh", "--quiet").errors == "")
    #expect(world.run("refresh").errors.contains("it was not sent again"))
    #expect(world.run("refresh", "--quiet", "--json").errorCode == "grant_refused_before")
    world.write(access: "b0", refresh: "s0", expiresIn: 60)
    #expect(world.run("refresh", "--quiet").errors.contains("X refused the refresh token"))
  }

  @Test("a note from the future, or one that isn't readable, keeps nothing from being told")
  func unreadableNote() {
    let world = World(grantFor: 60)
    world.network.script = [.refused]
    #expect(world.run("refresh", "--quiet").status == 3)
    world.now -= 60
    #expect(world.run("refresh", "--quiet").errors != "")
    world.folder.write("\u{0}", to: ".env.xauth/note.told")
    #expect(world.run("refresh", "--quiet").errors != "")
  }

  @Test("a file that is gone isn't told to be logged in anew: a backup of any age brings it back")
  func fileGone() {
    let world = World(grantFor: 60)
    let backup = world.text
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    unlink(world.path)
    for command in ["refresh", "token", "export"] {
      let run = world.run(command)
      #expect(run.status == 4)
      #expect(
        run.errors.contains("is gone; its newest tokens are kept in \(world.path).xauth/journal"))
    }
    let show = world.run("show")
    #expect(show.status == 4)
    #expect(show.output.contains("put it back, from a backup") && !show.output.contains("login"))
    world.folder.write(backup, to: ".env")
    #expect(world.run("token").output == "a1\n")
    #expect(world.access == "a0" || world.access == "a1")
    #expect(world.network.requests.count == 1)
  }

  @Test("doctor, token and show speak of the same standing")
  func oneNotion() {
    let world = World(grantFor: 3600)
    world.network.script = [.refused]
    #expect(world.run("refresh", "--force").status == 3)
    let words =
      "valid until 09:00 (1 h left); then you must log in: X has refused the refresh token"
    #expect(world.run("show").output.contains(words))
    #expect(world.run("doctor").output.contains(words))
    #expect(
      world.run("token").errors.contains("then you must log in: X has refused the refresh token"))
  }
}
