import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite struct StateFolderTests {
  let folder = TemporaryFolder()

  init() { folder.write("A=1\n", to: ".env") }

  @Test("it is beside the file, named after it, for its owner only, and git sees nothing of it")
  func beside() throws {
    let state = try folder.target().madeState()
    #expect(state.path == folder.file(".env.xauth") && state.isBesideFile)
    #expect(try folder.target().stateFolderPath == state.path)
    #expect(folder.identity(".env.xauth")?.mode == 0o700)
    #expect(folder.text(".env.xauth/.gitignore") == "*\n")
  }

  @Test("looking for it makes nothing")
  func absent() throws {
    #expect(try StateFolder.locate(for: folder.target()) == nil)
    #expect(folder.names() == [".env"])
  }

  @Test("all links to a file lead to the same one")
  func throughLink() throws {
    mkdir(folder.file("other"), 0o755)
    symlink("../.env", folder.file("other/.env"))
    let direct = try folder.target().madeState()
    let linked = try folder.target("other/.env").madeState()
    #expect(direct == linked)
    #expect(folder.names(in: "other") == [".env"])
  }

  @Test("an ignore file that a killed run left empty is written")
  func emptyIgnore() throws {
    mkdir(folder.file(".env.xauth"), 0o700)
    folder.write("", to: ".env.xauth/.gitignore")
    _ = try folder.target().madeState()
    #expect(folder.text(".env.xauth/.gitignore") == "*\n")
  }

  @Test(
    "an ignore file that lets git see the journal is replaced",
    arguments: ["!journal\n", "*\n!journal\n", "**", "#\n", "\u{FEFF}*\n"])
  func foreignIgnore(text: String) throws {
    mkdir(folder.file(".env.xauth"), 0o755)
    folder.write(text, to: ".env.xauth/.gitignore", mode: 0o644)
    #expect(try StateFolder.locate(for: folder.target()) != nil)
    #expect(folder.text(".env.xauth/.gitignore") == text)
    _ = try folder.target().madeState()
    #expect(folder.text(".env.xauth/.gitignore") == "*\n")
    #expect(folder.names(in: ".env.xauth") == [".gitignore"])
    let seen = folder.identity(".env.xauth/.gitignore")
    _ = try folder.target().madeState()
    #expect(folder.identity(".env.xauth/.gitignore") == seen)
  }

  @Test("so is a link, a second name of another file, a pipe and a folder; what they were stays")
  func specialIgnore() throws {
    mkdir(folder.file(".env.xauth"), 0o700)
    let ignore = folder.file(".env.xauth/.gitignore")
    for (name, make) in [
      ("link", { symlink("../other", ignore) }), ("dangling link", { symlink("../new", ignore) }),
      ("name", { link(folder.file("other"), ignore) }), ("pipe", { mkfifo(ignore, 0o600) }),
      ("folder", { mkdir(ignore, 0o700) }),
    ] {
      folder.write("", to: "other", mode: 0o644)
      #expect(make() == 0)
      if name == "folder" { folder.write("kept", to: ".env.xauth/.gitignore/file") }
      _ = try folder.target().madeState()
      #expect(folder.text(".env.xauth/.gitignore") == "*\n", "\(name)")
      #expect(folder.identity(".env.xauth/.gitignore")?.mode == 0o600)
      #expect(folder.text("other") == "" && folder.text("new") == nil, "\(name)")
      #expect(folder.identity("other")?.mode == 0o644)
      unlink(ignore)
    }
    let aside = folder.names(in: ".env.xauth")
    #expect(aside.count == 1)
    #expect(folder.text(".env.xauth/\(aside.first ?? "")/file") == "kept")
  }

  @Test("root gives the ignore file that it replaces to the file's owner", .enabled(if: isRoot))
  func ownersIgnore() throws {
    mkdir(folder.file(".env.xauth"), 0o700)
    folder.write("!journal\n", to: ".env.xauth/.gitignore")
    for path in [folder.path, folder.file(".env"), folder.file(".env.xauth")] {
      chown(path, nobody, nobody)
    }
    _ = try folder.target().madeState()
    #expect(folder.identity(".env.xauth/.gitignore")?.owner == nobody)
  }

  @Test("a file or a link in its place is refused")
  func notAFolder() throws {
    folder.write("", to: ".env.xauth", mode: 0o640)
    let failure = FileFailure.stateNotAFolder(path: folder.file(".env.xauth"))
    #expect(throws: failure) { try folder.target().madeState() }
    unlink(folder.file(".env.xauth"))
    mkdir(folder.file("real"), 0o700)
    symlink("real", folder.file(".env.xauth"))
    #expect(throws: FileFailure.self) { try folder.target().madeState() }
    #expect(folder.names(in: "real").isEmpty)
  }

  @Test("one that others may write to is refused", arguments: [0o720, 0o702, 0o777])
  func open(mode: mode_t) throws {
    mkdir(folder.file(".env.xauth"), 0o700)
    chmod(folder.file(".env.xauth"), mode)
    let failure = FileFailure.stateFolderUnsafe(
      path: folder.file(".env.xauth"), owner: geteuid(), mode: UInt32(mode))
    #expect(throws: failure) { try folder.target().madeState() }
  }

  @Test("another user's is refused", .enabled(if: isRoot))
  func foreign() throws {
    mkdir(folder.file(".env.xauth"), 0o700)
    chown(folder.file(".env.xauth"), stranger, stranger)
    let failure = FileFailure.stateFolderUnsafe(
      path: folder.file(".env.xauth"), owner: stranger, mode: 0o700)
    #expect(throws: failure) { try folder.target().madeState() }
  }

  @Test("one that its owner may not write to, or that is the owner's alone", .enabled(if: isRoot))
  func notWritable() throws {
    for path in [folder.path, folder.file(".env")] { chown(path, nobody, nobody) }
    chmod(folder.path, 0o755)
    mkdir(folder.file(".env.xauth"), 0o500)
    chown(folder.file(".env.xauth"), nobody, nobody)
    let path = folder.path
    for (user, failure) in [
      (
        nobody,
        FileFailure.stateFolderUnsafe(
          path: folder.file(".env.xauth"), owner: nobody, mode: 0o500)
      ), (stranger, .notOwner(path: folder.file(".env"), owner: nobody)),
    ] {
      try asUser(user) {
        #expect(throws: failure) {
          try FileTarget.resolve(".env", from: path).madeState()
        }
      }
    }
  }

  @Test("root makes everything for the file's owner, who can then use it", .enabled(if: isRoot))
  func forOwner() throws {
    chown(folder.path, nobody, nobody)
    chown(folder.file(".env"), nobody, nobody)
    let first = try folder.lock()
    try first.writeJournal([1])
    first.release()
    for name in [".env.xauth"] + settledState.map({ ".env.xauth/\($0)" }) {
      #expect(folder.identity(name)?.owner == nobody, "\(name)")
    }
    let target = try folder.target()
    try asUser(nobody) {
      // A child that another test is just starting has the first lock's file until its execve.
      let lock = try LockedFile.acquire(target, timeout: 10, createIfAbsent: false) {}
      let record = try lock.readJournal()
      #expect(record == [1])
    }
  }

  @Test("root gives the owner nothing that was there before", .enabled(if: isRoot))
  func noGift() throws {
    chown(folder.path, nobody, nobody)
    chown(folder.file(".env"), nobody, nobody)
    mkdir(folder.file(".env.xauth"), 0o700)
    folder.write("root's own", to: ".env.xauth/journal")
    _ = try? folder.lock()
    #expect(folder.identity(".env.xauth")?.owner == 0)
    #expect(folder.identity(".env.xauth/journal")?.owner == 0)
  }

  @Test("under a home it is made with all folders above it, for the owner only, and found again")
  func home() throws {
    let home = TemporaryFolder()
    let place = try FilePlace.open(folder.target())
    #expect(try OpenStateFolder.openBelow(home.path, place, create: false) == nil)
    #expect(home.names().isEmpty)
    let made = try #require(try OpenStateFolder.openBelow(home.path, place, create: true)).place
    let name = OpenStateFolder.homeName(of: folder.file(".env"))
    #expect(made.path == home.file(".local/state/xauth/\(name)"))
    #expect(!made.isBesideFile)
    for part in [".local", ".local/state", ".local/state/xauth", ".local/state/xauth/\(name)"] {
      #expect(home.identity(part)?.mode == 0o700)
    }
    #expect(try OpenStateFolder.openBelow(home.path, place, create: false)?.place == made)
    #expect(folder.names() == [".env"])
  }

  @Test(
    "root makes it for the file's owner and goes through no link of theirs",
    .enabled(if: isRoot))
  func homeOfOther() throws {
    let home = TemporaryFolder()
    for path in [home.path, folder.path, folder.file(".env")] { chown(path, nobody, nobody) }
    let place = try FilePlace.open(folder.target())
    _ = try OpenStateFolder.openBelow(home.path, place, create: true)
    #expect(home.identity(".local/state")?.owner == nobody)
    let other = TemporaryFolder()
    chown(other.path, nobody, nobody)
    symlink("/etc", other.file(".local"))
    lchown(other.file(".local"), nobody, nobody)
    #expect(try OpenStateFolder.openBelow(other.path, place, create: true) == nil)
  }

  @Test(
    "root makes no second one where the owner's is behind a link of theirs", .enabled(if: isRoot))
  func ownersBehindLink() throws {
    let home = TemporaryFolder()
    mkdir(home.file("disk"), 0o755)
    symlink("disk", home.file(".local"))
    for path in [home.path, home.file("disk"), folder.path, folder.file(".env")] {
      chown(path, nobody, nobody)
    }
    let place = try FilePlace.open(folder.target())
    #expect(try OpenStateFolder.openBelow(home.path, place, create: false) == nil)
    let (path, homePath) = (folder.path, home.path)
    try asUser(nobody) {
      let place = try FilePlace.open(FileTarget.resolve(".env", from: path))
      #expect(try OpenStateFolder.openBelow(homePath, place, create: true) != nil)
    }
    #expect(throws: FileFailure.stateBehindLink(path: home.file(".local"), owner: nobody)) {
      try OpenStateFolder.openBelow(home.path, place, create: false)
    }
  }

  @Test(
    "a home that others may write to is not used; nor is another folder made, if one is there",
    .enabled(if: isRoot))
  func openHome() throws {
    let home = TemporaryFolder()
    let place = try FilePlace.open(folder.target())
    let failure = FileFailure.untrustedMode(path: home.path, mode: 0o777)
    chmod(home.path, 0o777)
    #expect(try OpenStateFolder.openBelow(home.path, place, create: false) == nil)
    #expect(throws: failure) { try OpenStateFolder.openBelow(home.path, place, create: true) }
    chmod(home.path, 0o755)
    #expect(try OpenStateFolder.openBelow(home.path, place, create: true) != nil)
    chmod(home.path, 0o777)
    #expect(throws: failure) { try OpenStateFolder.openBelow(home.path, place, create: false) }
  }

  @Test("a home that nothing can be made in is none", .enabled(if: isRoot))
  func closedHome() throws {
    let home = TemporaryFolder()
    chmod(home.path, 0o555)
    for path in [folder.path, folder.file(".env"), home.path] { chown(path, nobody, nobody) }
    let (path, homePath) = (folder.path, home.path)
    try asUser(nobody) {
      let place = try FilePlace.open(FileTarget.resolve(".env", from: path))
      #expect(try OpenStateFolder.openBelow(homePath, place, create: true) == nil)
    }
  }

  @Test("a home that doesn't exist is none")
  func noHome() throws {
    let place = try FilePlace.open(folder.target())
    #expect(try OpenStateFolder.openBelow(folder.file("no"), place, create: true) == nil)
  }

  @Test("names under a home stay readable, are one part, and differ with the path")
  func homeNames() {
    let one = OpenStateFolder.homeName(of: "/srv/a/.env")
    let two = OpenStateFolder.homeName(of: "/srv/b/.env")
    #expect(one.hasPrefix(".env-"))
    #expect(one != two)
    #expect(one == OpenStateFolder.homeName(of: "/srv/a/.env"))
    let odd = OpenStateFolder.homeName(of: "/x/" + String(repeating: "é ", count: 80))
    #expect(odd.utf8.count <= 120)
    #expect(odd.utf8.allSatisfy { $0 < 128 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: " ") })
  }
}
