import Foundation
import TestSupport
import Testing

@testable import DurableFile

/// What a replaced file must have in common with the one before it.
@Suite struct KeptAttributesTests {
  let folder = TemporaryFolder()

  init() { folder.write("A=1\n", to: ".env", mode: 0o640) }

  @Test(
    "every mode is kept, whatever the umask would make of it",
    arguments: [0o600, 0o644, 0o666, 0o660, 0o200])
  func mode(mode: mode_t) throws {
    chmod(folder.file(".env"), mode)
    if !isRoot && mode == 0o200 { return }
    _ = try folder.save("B=2\n")
    #expect(folder.identity()?.mode == UInt32(mode))
  }

  @Test("owner and group are kept by root", .enabled(if: isRoot))
  func owner() throws {
    chown(folder.path, nobody, nobody)
    chown(folder.file(".env"), nobody, 12345)
    #expect(try folder.save("B=2\n") == .exchange)
    #expect(folder.identity()?.owner == nobody)
    #expect(folder.identity()?.group == 12345)
    #expect(folder.identity()?.mode == 0o640)
  }

  @Test("the access list is kept", .enabled(if: works("/usr/bin/setfacl", "-m", "u:12345:rw")))
  func accessList() throws {
    try shell("/usr/bin/setfacl", "-m", "u:12345:rw,g:54321:r", folder.file(".env"))
    let before = try Child.run("/usr/bin/getfacl", ["-cnp", folder.file(".env")]).output
    #expect(before.contains("user:12345:rw-"))
    #expect(try folder.save("B=2\n") == .exchange)
    #expect(try Child.run("/usr/bin/getfacl", ["-cnp", folder.file(".env")]).output == before)
  }

  @Test(
    "a folder's default access list adds nobody to the file",
    .enabled(if: works("/usr/bin/setfacl", "-m", "u:12345:rw")))
  func inheritedList() throws {
    try shell("/usr/bin/setfacl", "-d", "-m", "u:12345:rwx", folder.path)
    let before = try Child.run("/usr/bin/getfacl", ["-cnp", folder.file(".env")]).output
    #expect(try folder.save("B=2\n") == .exchange)
    #expect(try Child.run("/usr/bin/getfacl", ["-cnp", folder.file(".env")]).output == before)
  }

  @Test(
    "extended attributes are kept",
    .enabled(if: works("/usr/bin/setfattr", "-n", "user.note", "-v", "x")))
  func attributes() throws {
    try shell("/usr/bin/setfattr", "-n", "user.note", "-v", "keep me", folder.file(".env"))
    try shell("/usr/bin/setfattr", "-n", "user.empty", folder.file(".env"))
    #expect(try folder.save("B=2\n") == .exchange)
    let after = try Child.run("/usr/bin/getfattr", ["-d", "--absolute-names", folder.file(".env")])
    #expect(after.output.contains("user.note=\"keep me\""))
    #expect(after.output.contains("user.empty"))
  }

  @Test(
    "an attribute set after the proof is kept as well",
    .enabled(if: works("/usr/bin/setfattr", "-n", "user.note", "-v", "x")))
  func lateAttribute() throws {
    let lock = try folder.lock()
    var replacement = try lock.prove(byteCount: 10)
    chmod(folder.file(".env"), 0o604)
    try shell("/usr/bin/setfattr", "-n", "user.note", "-v", "late", folder.file(".env"))
    let seen = try lock.read()
    _ = try replacement.commit(Array("B=2\n".utf8), replacing: seen)
    #expect(folder.text(".env") == "B=2\n")
    #expect(folder.identity()?.mode == 0o604)
    let after = try Child.run("/usr/bin/getfattr", ["-d", "--absolute-names", folder.file(".env")])
    #expect(after.output.contains("user.note=\"late\""))
  }
}
