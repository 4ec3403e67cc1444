import Foundation
import TestSupport
import Testing

@testable import DurableFile

/// Mounts on which modes can't be set: of a Windows drive, a share, a FUSE.
@Suite("Where modes can't be set", .enabled(if: canBind))
struct RefusedModesTests {
  let folder = TemporaryFolder()

  /// A mount of a folder with a file of this mode.
  private func mount(_ options: [String], mode: mode_t) throws -> Mount {
    for name in ["source", "mount"] { mkdir(folder.file(name), 0o700) }
    folder.write("A=1\n", to: "source/.env", mode: mode)
    return try Mount(bindfs: options, folder.file("source"), at: folder.file("mount"))
  }

  private func mode() -> mode_t {
    var status = stat()
    return stat(folder.file("mount/.env"), &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test("a mode that is right already is kept without setting it")
  func refusedButRight() throws {
    let mount = try mount(["--chmod-deny"], mode: 0o600)
    defer { withExtendedLifetime(mount) {} }
    #expect(try folder.save("B=2\n", to: "mount/.env") == .exchange)
    #expect(folder.text("source/.env") == "B=2\n")
    #expect(mode() == 0o600)
  }

  @Test(
    "a file whose mode a new one can't get is overwritten, and keeps it",
    arguments: ["--chmod-deny", "--chmod-ignore"], [0o640, 0o660] as [mode_t])
  func refused(option: String, mode: mode_t) throws {
    let mount = try mount([option], mode: mode)
    defer { withExtendedLifetime(mount) {} }
    #expect(try folder.save("B=2\n", to: "mount/.env") == .inPlace)
    #expect(folder.text("source/.env") == "B=2\n")
    #expect(self.mode() == mode)
  }

  @Test(
    "files that seem open to everybody will do in a folder that isn't",
    arguments: ["deny", "ignore"])
  func openFiles(what: String) throws {
    let mount = try mount(["--chmod-\(what)", "--perms=f+rw:d=rwx,og="], mode: 0o600)
    defer { withExtendedLifetime(mount) {} }
    _ = try folder.save("B=2\n", to: "mount/.env")
    #expect(folder.text("source/.env") == "B=2\n")
  }
}
