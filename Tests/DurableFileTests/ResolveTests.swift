import Foundation
import Paths
import TestSupport
import Testing

@testable import DurableFile

@Suite struct ResolveTests {
  let folder = TemporaryFolder()

  @Test("a plain relative path is looked up from the working folder")
  func relative() throws {
    folder.write("", to: ".env")
    let target = try FileTarget.resolve(".env", from: folder.path)
    #expect(target.path == folder.file(".env"))
    #expect(target.folderPath == folder.path)
    #expect(target.name == ".env")
  }

  @Test("dots, double dots and double slashes are walked, not guessed")
  func dots() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("a/b"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("jump"), withDestinationPath: "a/b")
    folder.write("", to: "a/.env")
    #expect(
      try FileTarget.resolve(".//a/./b/../.env", from: folder.path).path == folder.file("a/.env"))
    #expect(try FileTarget.resolve("jump/../.env", from: folder.path).path == folder.file("a/.env"))
  }

  @Test("a chain of links, relative and absolute, leads to the file at its end")
  func chain() throws {
    folder.write("x", to: "real")
    symlink("real", folder.file("one"))
    symlink(folder.file("one"), folder.file("two"))
    symlink("./two", folder.file("three"))
    #expect(try folder.target("three").path == folder.file("real"))
  }

  @Test("a link whose end isn't UTF-8 leads there, and not to what its text looks like")
  func linkNotUTF8() throws {
    let name: [CChar] = [0x61, -1, 0]
    #expect(symlink(name, folder.file("link")) == 0)
    folder.write("other", to: "a\u{fffd}")
    #expect(try folder.target("link").read() == nil)
    let there = folder.path.pathBytes.dropLast() + [0x2F] + name
    let file = creat(Array(there), 0o600)
    #expect(write(file, "here", 4) == 4)
    close(file)
    #expect(try folder.target("link").read()?.bytes == Array("here".utf8))
  }

  @Test("an absent file is a target; so is the absent end of a link whose folder exists")
  func absent() throws {
    #expect(try folder.target(".env").path == folder.file(".env"))
    symlink("elsewhere", folder.file("link"))
    #expect(try folder.target("link").path == folder.file("elsewhere"))
  }

  @Test("a link into a folder that doesn't exist is refused with its target")
  func dangling() {
    symlink("gone/.env", folder.file("link"))
    #expect(throws: FileFailure.danglingLink(path: folder.file("link"), target: "gone/.env")) {
      try folder.target("link")
    }
  }

  @Test("a missing folder, a file in place of a folder, a folder in place of a file")
  func kinds() {
    folder.write("", to: "file")
    #expect(throws: FileFailure.folderMissing(path: folder.file("no"))) {
      try folder.target("no/.env")
    }
    #expect(throws: FileFailure.notAFolder(path: folder.file("file"))) {
      try folder.target("file/.env")
    }
    #expect(throws: FileFailure.isFolder(path: folder.path)) {
      try FileTarget.resolve(folder.path, from: "/")
    }
    #expect(throws: FileFailure.isFolder(path: "/")) { try FileTarget.resolve("/", from: "/") }
  }

  @Test("links in a circle are refused")
  func loop() {
    symlink("b", folder.file("a"))
    symlink("a", folder.file("b"))
    #expect(throws: FileFailure.linkLoop(path: folder.file("a"))) { try folder.target("a") }
  }

  @Test("an empty path and one with a zero byte name no file")
  func empty() {
    #expect(throws: FileFailure.notFound(path: "")) { try folder.target("") }
    #expect(throws: FileFailure.notFound(path: "a\0b")) { try folder.target("a\0b") }
  }

  @Test("a FIFO, a device and a shell's <(…) are refused without being opened")
  func special() throws {
    mkfifo(folder.file("fifo"), 0o600)
    #expect(throws: FileFailure.isSpecial(path: folder.file("fifo"))) { try folder.target("fifo") }
    #expect(throws: FileFailure.isSpecial(path: "/dev/null")) { try folder.target("/dev/null") }
    let pipe = Pipe()
    let link = "/proc/self/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    #expect(throws: FileFailure.isSpecial(path: link)) { try folder.target(link) }
  }

  @Test(
    "as root a link of another user's is refused, the file owner's own and root's are not",
    .enabled(if: isRoot))
  func foreignLink() throws {
    folder.write("", to: ".env")
    chown(folder.file(".env"), nobody, nobody)
    symlink(".env", folder.file("link"))
    #expect(try folder.target("link").path == folder.file(".env"))
    lchown(folder.file("link"), nobody, nobody)
    #expect(try folder.target("link").path == folder.file(".env"))
    lchown(folder.file("link"), stranger, stranger)
    #expect(throws: FileFailure.untrusted(path: folder.file("link"), owner: stranger)) {
      try folder.target("link")
    }
  }

  @Test(
    "as root a folder that somebody else controls is refused, also when it was passed before",
    .enabled(if: isRoot))
  func foreignFolder() throws {
    mkdir(folder.file("theirs"), 0o755)
    folder.write("", to: "theirs/.env")
    let before = try folder.target("theirs/.env")
    chown(folder.file("theirs"), stranger, stranger)
    let failure = FileFailure.untrusted(path: folder.file("theirs"), owner: stranger)
    #expect(throws: failure) { try folder.target("theirs/.env") }
    #expect(throws: failure) { try before.read() }
    #expect(throws: failure) {
      _ = try LockedFile.acquire(before, timeout: 0, createIfAbsent: false) {}
    }
  }
}
