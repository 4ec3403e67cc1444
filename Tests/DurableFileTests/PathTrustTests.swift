import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite struct PathTrustTests {
  let trust = PathTrust(owner: 1000, ownGroup: { 1000 })

  func step(owner: UInt32, group: UInt32 = 0, _ mode: UInt32) -> PathStep {
    PathStep(path: "/p", owner: owner, group: group, mode: mode)
  }

  @Test("root's and the owner's own folders and links are trusted", arguments: [0, 1000])
  func trusted(owner: UInt32) throws {
    try trust.check(step(owner: owner, 0o040755))
    try trust.check(step(owner: owner, 0o120777))
  }

  @Test("anybody else's are not", arguments: [0o040755, 0o120777, 0o041777])
  func foreign(mode: UInt32) {
    #expect(throws: FileFailure.untrusted(path: "/p", owner: 1001)) {
      try trust.check(step(owner: 1001, mode))
    }
  }

  @Test("a folder that everybody may write to is refused unless it is sticky")
  func open() throws {
    #expect(throws: FileFailure.untrustedMode(path: "/p", mode: 0o777)) {
      try trust.check(step(owner: 0, 0o040777))
    }
    try trust.check(step(owner: 0, 0o041777))
  }

  @Test("a folder's group may write if it is the owner's own or root's")
  func group() throws {
    try trust.check(step(owner: 1000, group: 1000, 0o040775))
    try trust.check(step(owner: 1000, group: 0, 0o040775))
    #expect(throws: FileFailure.untrustedMode(path: "/p", mode: 0o775)) {
      try trust.check(step(owner: 1000, group: 50, 0o040775))
    }
  }

  @Test("the owner's own group comes from the password database", .enabled(if: isRoot))
  func ownGroup() throws {
    let folder = TemporaryFolder()
    let own = try #require(PasswordEntry.of(nobody)?.group)
    folder.write("A=1\n", to: ".env")
    for path in [folder.path, folder.file(".env")] { chown(path, nobody, own) }
    chmod(folder.path, 0o775)
    #expect(try folder.target().read() != nil)
    chown(folder.path, nobody, stranger)
    #expect(throws: FileFailure.untrustedMode(path: folder.path, mode: 0o775)) {
      try folder.target().read()
    }
  }
}
