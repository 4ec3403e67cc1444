import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite struct PathTrustTests {
  let trust = PathTrust(owner: 1000, ownGroup: { 1000 }, accessList: { _ in nil })

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

  @Test("whom an access list lets write may be root, the owner and their groups, nobody else")
  func accessLists() throws {
    for (group, list, isTrusted) in [
      (0, [.user(1001)], false), (0, [.group(50)], false), (50, [.owningGroup], false),
      (50, [.user(0), .user(1000), .group(0), .group(1000)], true), (50, [], true),
    ] as [(UInt32, [AccessList.Writer], Bool)] {
      let trust = PathTrust(owner: 1000, ownGroup: { 1000 }) { _ in AccessList(bytes(list)) }
      let trusted: Void? = try? trust.check(step(owner: 0, group: group, 0o040775))
      #expect((trusted != nil) == isTrusted, "\(list)")
      try trust.check(step(owner: 0, group: group, 0o040755))
    }
  }

  /// A list as Linux keeps it, with a mask.
  private func bytes(_ writers: [AccessList.Writer], mask: UInt8 = 7) -> [UInt8] {
    func entry(_ tag: UInt8, _ permissions: UInt8, _ id: UInt32 = .max) -> [UInt8] {
      [tag, 0, permissions, 0] + (0..<4).map { UInt8(truncatingIfNeeded: id >> (8 * $0)) }
    }
    let named = writers.flatMap { writer in
      switch writer {
      case .user(let user): entry(0x02, 7, user)
      case .group(let group): entry(0x08, 2, group)
      case .owningGroup: entry(0x04, 6)
      }
    }
    let own = writers.contains(.owningGroup) ? [] : entry(0x04, 5)
    return [2, 0, 0, 0] + entry(0x01, 7) + named + entry(0x02, 5, 7) + own + entry(0x10, mask)
      + entry(0x20, 7)
  }

  @Test("an access list is read as Linux keeps it, and grants no more than its mask")
  func accessListBytes() {
    let writers: [AccessList.Writer] = [.user(1001), .owningGroup, .group(0x0102_0304)]
    #expect(AccessList(bytes(writers))?.writers == writers)
    #expect(AccessList(bytes(writers, mask: 5))?.writers == [])
    #expect(AccessList([3, 0, 0, 0]) == nil)
    #expect(AccessList(bytes(writers).dropLast()) == nil)
    #expect(AccessList([]) == nil)
  }

  @Test(
    "root refuses a folder that an access list lets somebody else write to",
    .enabled(if: isRoot && works("/usr/bin/setfacl", "-m", "u:\(nobody):r")))
  func accessListOfFolder() throws {
    let folder = TemporaryFolder()
    folder.write("A=1\n", to: ".env")
    try shell("/usr/bin/setfacl", "-m", "u:\(nobody):rx,u:0:rwx", folder.path)
    #expect(try folder.target().read() != nil)
    let mode = try #require(folder.identity("")?.mode)
    for list in ["u:\(nobody):rwx", "g:\(stranger):rwx"] {
      try shell("/usr/bin/setfacl", "-b", "-m", list, folder.path)
      #expect(throws: FileFailure.untrustedMode(path: folder.path, mode: mode)) {
        try folder.target()
      }
    }
    chmod(folder.path, 0o755)
    #expect(try folder.target().read() != nil)
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

/// The kernel's rules for folders like /tmp, which hold for root as for everybody. A link of this
/// user's own is followed there; only root can make one that is somebody else's.
@Suite struct SharedFolderTests {
  let shared = TemporaryFolder()
  let own = TemporaryFolder()

  init() {
    own.write("A=1\n", to: ".env")
    chmod(shared.path, 0o1777)
  }

  private func makeLink(to target: String, owner: UInt32) -> String {
    let link = shared.file("link")
    symlink(target, link)
    lchown(link, owner, owner)
    return link
  }

  @Test("this user's own link is followed, and that of the folder's owner")
  func ownLink() throws {
    symlink(own.file(".env"), shared.file("link"))
    #expect(try shared.target("link").path == own.file(".env"))
    guard isRoot else { return }
    chown(shared.path, nobody, nobody)
    lchown(shared.file("link"), nobody, nobody)
    // Followed by this rule; that root trusts nobody but the file's owner is another one.
    #expect(throws: FileFailure.untrusted(path: shared.path, owner: nobody)) {
      try shared.target("link")
    }
    chown(own.file(".env"), nobody, nobody)
    chown(own.path, nobody, nobody)
    #expect(try shared.target("link").path == own.file(".env"))
  }

  @Test("another user's is not, whether it leads to the file or to a folder", .enabled(if: isRoot))
  func foreignLink() throws {
    let link = makeLink(to: own.file(".env"), owner: stranger)
    let refused = FileFailure.leadsElsewhere(path: link, owner: stranger)
    #expect(throws: refused) { try shared.target("link") }
    unlink(link)
    _ = makeLink(to: own.path, owner: stranger)
    #expect(throws: refused) { try shared.target("link/.env") }
    // Nor where it leads back to the user whose link it is.
    chown(own.path, stranger, stranger)
    chown(own.file(".env"), stranger, stranger)
    #expect(throws: refused) { try shared.target("link/.env") }
    let target = "\(link)/.env"
    try asUser(stranger) { _ = try FileTarget.resolve(target, from: "/") }
  }

  @Test(
    "the rule is for every user, and for the whole path, also by way of another link",
    .enabled(if: isRoot))
  func foreignLinkForAUser() throws {
    for path in [own.path, own.file(".env")] { chown(path, nobody, nobody) }
    let link = makeLink(to: own.file(".env"), owner: stranger)
    try asUser(nobody) {
      #expect(throws: FileFailure.leadsElsewhere(path: link, owner: stranger)) {
        try FileTarget.resolve(link, from: "/")
      }
    }
    let path = own.file("by-way")
    symlink(link, path)
    lchown(path, nobody, nobody)
    try asUser(nobody) {
      #expect(throws: FileFailure.leadsElsewhere(path: link, owner: stranger)) {
        try FileTarget.resolve(path, from: "/")
      }
    }
  }

  @Test(
    "in a folder that isn't both sticky and everybody's, permissions decide",
    arguments: [0o755, 0o1755])
  func otherFolders(mode: mode_t) throws {
    chmod(shared.path, mode)
    symlink(own.file(".env"), shared.file("link"))
    link(own.file(".env"), shared.file("name"))
    #expect(try shared.target("link").path == own.file(".env"))
    try shared.lock("name").release()
  }

  @Test("a file with a second name isn't written to, nor another user's")
  func file() throws {
    let name = shared.file("name")
    link(own.file(".env"), name)
    #expect(throws: FileFailure.leadsElsewhere(path: name, owner: nil)) {
      try shared.lock("name").release()
    }
    unlink(own.file(".env"))
    try shared.lock("name").release()
    guard isRoot else { return }
    chown(name, stranger, stranger)
    #expect(throws: FileFailure.notOwner(path: name, owner: stranger)) {
      try shared.lock("name").release()
    }
    #expect(shared.text("name") == "A=1\n")
  }

  @Test("another user's link isn't followed to a home's state folder", .enabled(if: isRoot))
  func stateFolder() throws {
    for path in [own.path, own.file(".env")] { chown(path, nobody, nobody) }
    _ = mkdir(own.file("state"), 0o700)
    chown(own.file("state"), nobody, nobody)
    symlink(own.file("state"), shared.file(".local"))
    lchown(shared.file(".local"), stranger, stranger)
    let (env, home) = (own.file(".env"), shared.path)
    try asUser(nobody) {
      let place = try FilePlace.open(FileTarget.resolve(env, from: "/"))
      #expect(throws: FileFailure.leadsElsewhere(path: "\(home)/.local", owner: stranger)) {
        _ = try OpenStateFolder.openBelow(home, place, create: true)
      }
    }
  }

  @Test("a file is left to its owner alone, whatever mode or access list it had")
  func makePrivate() throws {
    for mode: mode_t in [0o644, 0o660, 0o604] {
      chmod(own.file(".env"), mode)
      #expect(try own.target().read()?.identity.isOpenToOthers == true)
      #expect(try !own.target().makePrivate().isOpenToOthers)
      #expect(own.identity()?.mode == 0o600)
    }
  }

  @Test(
    "an access list makes a file one that others reach, until it is theirs no more",
    .enabled(if: works("/usr/bin/setfacl", "-m", "u:\(nobody):r")))
  func accessList() throws {
    try shell("/usr/bin/setfacl", "-m", "u:\(nobody):r", own.file(".env"))
    #expect(try own.target().read()?.identity.isOpenToOthers == true)
    #expect(try !own.target().makePrivate().isOpenToOthers)
    let path = own.file(".env")
    guard isRoot else { return }
    try asUser(nobody) { #expect(open(path, O_RDONLY) == -1) }
  }
}
