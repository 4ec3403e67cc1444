import Foundation
import Testing

@testable import DurableFile
@testable import OAuth
@testable import Rotation
@testable import XAuthTool

/// Where two processes see one folder in two ways, the lock may not be shared between them: what the
/// other one does is done here without it.
@Suite("refresh: a token that another process has claimed")
struct ClaimTests {
  private func claim(_ world: World, _ token: String = "r0", attempt: Int = 1, by text: String)
    throws
  {
    let hash = try TokenHash(Secret(token)).text
    try FileManager.default.createDirectory(
      atPath: world.path + ".xauth", withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    world.folder.write(text, to: ".env.xauth/claim.\(hash).\(attempt)")
  }

  private func claims(_ world: World) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: world.path + ".xauth")
    return (names ?? []).filter { $0.hasPrefix("claim") || $0.hasPrefix("unanswered") }
  }

  /// What a claim says of process `id`.
  private func process(_ id: Int32) throws -> String {
    func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let stat = try text("/proc/\(id)/stat")
    let fields = try stat[#require(stat.lastIndex(of: ")"))...].split(separator: " ")
    let namespace = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    let boot = try text("/proc/sys/kernel/random/boot_id").trimmingCharacters(in: .newlines)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(host)\n\(boot)\n\(namespace)\n\(id)\n\(fields[20])\n"
  }

  @Test("by one that runs: its result is waited for, and used")
  func rivalFinishes() throws {
    let world = World(grantFor: 60)
    try claim(world, by: process(getppid()))
    world.pause = { [unowned world] _ in
      world.pause = { _ in }
      world.write(access: "a1", refresh: "r1", expiresIn: 7200)
    }
    let run = world.run("refresh")
    #expect(run.status == 0)
    #expect(world.network.requests.isEmpty)
    #expect(run.errors.contains("renewed by another run"))
  }

  @Test(
    "by one that runs on and on: exit 75 when the time for the lock is over, and nothing is sent")
  func rivalRuns() throws {
    let world = World(grantFor: 60)
    try claim(world, by: process(getppid()))
    world.pause = { [unowned world] _ in world.now += 1 }
    #expect(world.run("refresh").status == 75)
    #expect(world.network.requests.isEmpty)
  }

  @Test("by one that has sent it already: revoke waits for the successor, and ends that")
  func revokeWaits() throws {
    let world = World(grantFor: 60)
    try world.journal(.of(.intent, .of("a0", "r0"), at: world.now))
    try claim(world, by: process(getppid()))
    let done = RotationRecord.of(.done, .of("a0", "r0"), .of("a1", "r1"), spent: [.of("a0", "r0")])
    world.pause = { [unowned world] _ in
      world.pause = { _ in }
      world.write(access: "a1", refresh: "r1", expiresIn: 7200)
      self.write(done, in: world)
    }
    world.network.script = [.revoked, .revoked]
    #expect(world.run("revoke").status == 0)
    #expect(world.network.sent("token") == ["r1", "a1"])
    #expect(world.refresh == "")
  }

  /// As a run does that doesn't share the lock.
  private func write(_ record: RotationRecord, in world: World) {
    guard let journal = FileHandle(forUpdatingAtPath: world.path + ".xauth/journal") else { return }
    try? journal.write(
      contentsOf: JournalRecord(sequence: 1 << 20, payload: record.encoded).encoded)
  }

  @Test("by one that has ended, or that nobody can look for: five minutes, then the next attempt")
  func rivalEnded() throws {
    let ended = try process(getppid()).replacing("\n\(getppid())\n", with: "\n4194304\n")
    for text in [ended, "elsewhere\nboot\nns\n1\n1\n", ""] {
      let world = World("X_OAUTH2_REFRESH_TOKEN=r0\n")
      try claim(world, by: text)
      world.network.script = [.granted("a1", "r1")]
      world.pause = { [unowned world] _ in world.now += 1 }
      #expect(world.run("refresh").status == 75)
      #expect(world.network.requests.isEmpty)
      world.now += 301
      #expect(world.run("refresh").status == 0)
      #expect(world.network.requests.count == 1)
      #expect(claims(world).isEmpty)
    }
  }

  @Test("of another token, by one that runs: that one goes first")
  func otherToken() throws {
    let world = World(grantFor: 60)
    try claim(world, "another", by: process(getppid()))
    world.pause = { [unowned world] _ in world.now += 1 }
    #expect(world.run("refresh").status == 75)
    #expect(world.network.requests.isEmpty)
  }

  @Test("looks again once it has the claim: a run that read the journal long ago sends nothing old")
  func looksAgain() throws {
    let world = World(grantFor: 60)
    let other = RotationRecord.of(
      .done, .of("a0", "r0"), .of("a1", "r1", expiresAt: world.now + 7200), spent: [.of("a0", "r0")]
    )
    world.meanwhile = { [unowned world] step in
      guard step == .claimed else { return }
      // The other run is done by now: record and file as it leaves them.
      world.meanwhile = { _ in }
      self.write(other, in: world)
      world.write(access: "a1", refresh: "r1", expiresIn: 7200)
    }
    #expect(world.run("refresh").status == 0)
    #expect(world.network.requests.isEmpty)
    #expect(world.access == "a1")
    #expect(claims(world).isEmpty)
  }

  @Test("is taken back when the request never left, and stays when no answer came")
  func left() {
    let world = World(grantFor: 60)
    world.network.script = [.notReached, .notReached]
    #expect(world.run("refresh").status == 75)
    #expect(claims(world).isEmpty)
    world.network.script = [.lost]
    #expect(world.run("refresh").status == 75)
    #expect(claims(world).count == 2)
    world.now += 301
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
    #expect(claims(world).isEmpty)
  }

  @Test("taken back because two runs came at once, it leaves the wait for the last attempt over")
  func bothAtOnce() throws {
    let world = World(grantFor: 60)
    world.network.script = [.lost, .granted("a1", "r1")]
    #expect(world.run("refresh").status == 75)
    world.now += 301
    world.meanwhile = { [unowned world] step in
      guard step == .proved else { return }
      world.meanwhile = { _ in }
      try? self.claim(world, attempt: 2, by: self.process(getppid()))
    }
    world.pause = { [unowned world] _ in
      world.pause = { _ in }
      for name in self.claims(world) where name.hasPrefix("claim") && name.hasSuffix(".2") {
        try? FileManager.default.removeItem(atPath: world.path + ".xauth/" + name)
      }
    }
    #expect(world.run("refresh").status == 0)
    #expect(world.network.sent("refresh_token") == ["r0", "r0"])
  }

  @Test("a minute between claim and request: the process was stopped, and nothing is sent")
  func heldUp() {
    let world = World(grantFor: 60)
    world.meanwhile = { [unowned world] in if $0 == .intentWritten { world.now += 61 } }
    let run = world.run("refresh", "--json")
    #expect(run.status == 75 && run.errorCode == "held_up")
    #expect(world.network.requests.isEmpty && claims(world).isEmpty)
    world.meanwhile = { _ in }
    world.network.script = [.granted("a1", "r1")]
    #expect(world.run("refresh").status == 0)
  }

  @Test(
    "of a note that another container made, or a run that couldn't tell which boot it is: it counts"
  )
  func notesThatCount() throws {
    let here = ProcessIdentity.current
    for machine in ["\(here.boot)@elsewhere", "-@\(here.host)"] {
      let world = World("X_OAUTH2_REFRESH_TOKEN=r0\n")
      world.network.script = [.lost, .granted("a1", "r1")]
      #expect(world.run("refresh").status == 75)
      let name = try #require(claims(world).first { $0.hasPrefix("unanswered") })
      let note = try #require(world.folder.text(".env.xauth/\(name)"))
      world.folder.write(
        note.replacing(here.machine, with: machine), to: ".env.xauth/\(name)")
      world.now += 301
      #expect(world.run("refresh").status == 0)
    }
  }

  @Test("of a note from before a reboot, of another machine or a later time: the wait begins anew")
  func reboot() throws {
    let here = ProcessIdentity.current
    for note in [
      "another-boot@\(here.host) 0.0", "-@elsewhere 0.0", "\(here.machine) 1e12", "x", "",
    ] {
      let world = World("X_OAUTH2_REFRESH_TOKEN=r0\n")
      world.network.script = [.lost, .granted("a1", "r1")]
      #expect(world.run("refresh").status == 75)
      let name = try #require(claims(world).first { $0.hasPrefix("unanswered") })
      world.now += 301
      world.folder.write(note, to: ".env.xauth/\(name)")
      #expect(world.run("refresh").status == 75)
      #expect(world.network.requests.count == 1)
      world.now += 301
      #expect(world.run("refresh").status == 0)
    }
  }
}
