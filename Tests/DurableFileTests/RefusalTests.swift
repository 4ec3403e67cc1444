import Foundation
import TestSupport
import Testing

@testable import DurableFile

/// Files that a save must never replace. Each is refused before anything is made.
@Suite struct RefusalTests {
  let folder = TemporaryFolder()

  private func refuses(_ failure: FileFailure, _ target: FileTarget) {
    #expect(throws: failure) {
      _ = try LockedFile.acquire(target, timeout: 0, createIfAbsent: true) {}
    }
    #expect(!folder.names().contains(".env.xauth"))
  }

  @Test("a file without the owner's write bit, for root too", arguments: [0o400, 0o444, 0o060])
  func protected(mode: mode_t) throws {
    let path = folder.write("A=1\n", to: ".env", mode: mode)
    refuses(.ownerForbidsWriting(path: path, mode: UInt32(mode)), try folder.target())
  }

  @Test("a folder, a FIFO and a link that came after resolving")
  func became() throws {
    let target = try folder.target()
    mkdir(target.path, 0o700)
    refuses(.isFolder(path: target.path), target)
    rmdir(target.path)
    mkfifo(target.path, 0o600)
    refuses(.isSpecial(path: target.path), target)
    unlink(target.path)
    symlink("nowhere", target.path)
    refuses(.changedKind(path: target.path), target)
    #expect(folder.names() == [".env"])
  }

  @Test(
    "an immutable file",
    .enabled(if: isRoot && works("/usr/bin/chattr", "+i", undo: ["-i"])))
  func immutable() throws {
    let path = folder.write("A=1\n", to: ".env")
    try shell("/usr/bin/chattr", "+i", path)
    defer { _ = try? Child.run("/usr/bin/chattr", ["-i", path]) }
    refuses(.immutable(path: path), try folder.target())
  }

  @Test(
    "a file that can only be appended to",
    .enabled(if: isRoot && works("/usr/bin/chattr", "+a", undo: ["-a"])))
  func appendOnly() throws {
    let path = folder.write("A=1\n", to: ".env")
    try shell("/usr/bin/chattr", "+a", path)
    defer { _ = try? Child.run("/usr/bin/chattr", ["-a", path]) }
    refuses(.appendOnly(path: path), try folder.target())
  }

  @Test(
    "another user's file that may be written but couldn't be given back to them",
    .enabled(if: isRoot))
  func notOwner() throws {
    chmod(folder.path, 0o777)
    let path = folder.write("A=1\n", to: ".env", mode: 0o666)
    chown(path, stranger, stranger)
    let target = FileTarget(path: path)
    try asUser(nobody) {
      #expect(throws: FileFailure.notOwner(path: path, owner: stranger)) {
        _ = try LockedFile.acquire(target, timeout: 0, createIfAbsent: false) {}
      }
    }
    #expect(folder.names() == [".env"])
  }

  @Test("another user's file that may not be written", .enabled(if: isRoot))
  func notWritable() throws {
    chmod(folder.path, 0o755)
    let path = folder.write("A=1\n", to: ".env", mode: 0o644)
    let target = FileTarget(path: path)
    try asUser(nobody) {
      #expect(throws: FileFailure.notOwner(path: path, owner: 0)) {
        _ = try LockedFile.acquire(target, timeout: 0, createIfAbsent: false) {}
      }
    }
  }

  @Test("an absent file in a folder where nothing can be made", .enabled(if: isRoot))
  func folderNotWritable() throws {
    chmod(folder.path, 0o755)
    let target = FileTarget(path: folder.file(".env"))
    let failure = FileFailure.folderNotWritable(path: folder.path, errno: EACCES)
    try asUser(nobody) {
      #expect(throws: failure) {
        _ = try LockedFile.acquire(target, timeout: 0, createIfAbsent: true) {}
      }
    }
  }

  @Test(
    "a file whose owner has no home, in a folder where no lock can be made", .enabled(if: isRoot))
  func noStateFolder() throws {
    chmod(folder.path, 0o755)
    let path = folder.write("A=1\n", to: ".env")
    chown(path, stranger, stranger)
    let target = FileTarget(path: path)
    let failure = FileFailure.noStateFolder(path: "\(path).xauth", errno: EACCES)
    try asUser(stranger) {
      #expect(throws: failure) {
        _ = try LockedFile.acquire(target, timeout: 0, createIfAbsent: true) {}
      }
    }
  }
}
