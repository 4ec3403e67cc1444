import Foundation
import TestSupport
import Testing

@testable import DurableFile

@Suite struct LockTests {
  let folder = TemporaryFolder()

  init() { folder.write("A=1\n", to: ".env") }

  /// Another process that holds the flock on `name` until its input is closed.
  private func holder(_ name: String) throws -> Child {
    let child = try Child("/usr/bin/flock", [folder.file(name), "/bin/sh", "-c", "echo held; cat"])
    #expect(eventually { child.outputSoFar.contains("held") })
    return child
  }

  @Test("taking and releasing the lock leaves the file as it was and nothing but the state folder")
  func nothingChanges() throws {
    let before = folder.identity()
    let lock = try folder.lock()
    let read = try lock.read()
    #expect(read.bytes == Array("A=1\n".utf8))
    lock.release()
    #expect(folder.identity() == before)
    #expect(folder.names() == [".env", ".env.xauth"])
    #expect(folder.names(in: ".env.xauth") == settledState)
  }

  @Test("an absent file is refused without a trace, or created for its owner only")
  func absent() throws {
    let empty = TemporaryFolder()
    #expect(throws: FileFailure.notFound(path: empty.file(".env"))) { _ = try empty.lock() }
    #expect(empty.names().isEmpty)
    let lock = try empty.lock(createIfAbsent: true)
    let wasCreated = lock.wasCreated
    #expect(wasCreated)
    #expect(empty.bytes(".env") == [])
    #expect(empty.identity()?.mode == 0o600)
    lock.release()
    let again = try empty.lock(createIfAbsent: true)
    let wasCreatedAgain = again.wasCreated
    #expect(!wasCreatedAgain)
  }

  @Test("a file created by root in a user's folder is the user's", .enabled(if: isRoot))
  func createdForUser() throws {
    let theirs = TemporaryFolder()
    chown(theirs.path, nobody, nobody)
    let lock = try theirs.lock(createIfAbsent: true)
    lock.release()
    #expect(theirs.identity()?.owner == nobody)
    #expect(theirs.identity(".env.xauth")?.owner == nobody)
  }

  @Test(
    "both locks keep others out, and the failure says how long the wait was",
    arguments: [".env", ".env.xauth/lock"])
  func contended(name: String) throws {
    try folder.lock().release()
    let other = try holder(name)
    var notices = 0
    let target = try folder.target()
    #expect(throws: FileFailure.lockTimedOut(path: target.path, seconds: 0.1)) {
      _ = try LockedFile.acquire(target, timeout: 0.1, createIfAbsent: false) { notices += 1 }
    }
    #expect(notices == 1)
    other.closeInput()
    #expect(other.wait().status == 0)
    try folder.lock().release()
  }

  @Test("both locks are held while the value lives", arguments: [".env", ".env.xauth/lock"])
  func holds(name: String) throws {
    let lock = try folder.lock()
    let refused = try Child.run("/usr/bin/flock", ["-n", folder.file(name), "/bin/true"])
    #expect(refused.status == 1)
    lock.release()
    let granted = try Child.run("/usr/bin/flock", ["-n", folder.file(name), "/bin/true"])
    #expect(granted.status == 0)
  }

  @Test("a waiter gets in as soon as the holder is gone, also when it was killed")
  func handedOver() throws {
    try folder.lock().release()
    let other = try Child(
      "/usr/bin/flock", ["--no-fork", folder.file(".env.xauth/lock"), "/bin/sleep", "60"])
    let held = eventually {
      (try? Child.run("/usr/bin/flock", ["-n", folder.file(".env.xauth/lock"), "/bin/true"]))?
        .status == 1
    }
    #expect(held)
    let lock = try LockedFile.acquire(folder.target(), timeout: 20, createIfAbsent: false) {
      other.signal(SIGKILL)
    }
    lock.release()
    #expect(other.wait().status == 137)
  }

  @Test("a file that was replaced during the wait is opened again")
  func replaced() throws {
    try folder.lock().release()
    let other = try holder(".env")
    let folder = folder
    let lock = try LockedFile.acquire(folder.target(), timeout: 20, createIfAbsent: false) {
      folder.replace(with: "B=2\n")
      other.closeInput()
    }
    let read = try lock.read()
    #expect(read.bytes == Array("B=2\n".utf8))
    let excluded = try Child.run("/usr/bin/flock", ["-n", folder.file(".env"), "/bin/true"])
    #expect(excluded.status == 1)
    _ = other.wait()
  }

  @Test("a state folder that was removed during the wait is made again")
  func stateRemoved() throws {
    try folder.lock().release()
    let other = try holder(".env.xauth/lock")
    let folder = folder
    let lock = try LockedFile.acquire(folder.target(), timeout: 20, createIfAbsent: false) {
      try? FileManager.default.removeItem(atPath: folder.file(".env.xauth"))
      other.closeInput()
    }
    let excluded = try Child.run(
      "/usr/bin/flock", ["-n", folder.file(".env.xauth/lock"), "/bin/true"])
    #expect(excluded.status == 1)
    lock.release()
    _ = other.wait()
  }

  @Test("an edit under the lock is what the next read sees, and its file is locked too")
  func edited() throws {
    let lock = try folder.lock()
    folder.replace(with: "C=3\n")
    let read = try lock.read()
    #expect(read.bytes == Array("C=3\n".utf8))
    let excluded = try Child.run("/usr/bin/flock", ["-n", folder.file(".env"), "/bin/true"])
    #expect(excluded.status == 1)
    lock.release()
  }

  @Test("a file that is gone is waited for as long as an editor's save takes, and then refused")
  func vanished() throws {
    let lock = try folder.lock()
    rename(folder.file(".env"), folder.file(".env~"))
    #expect(throws: FileFailure.notFound(path: folder.file(".env"))) { _ = try lock.read() }
    let folder = folder
    Thread.detachNewThread { folder.write("D=4\n", to: ".env") }
    let read = try lock.read()
    #expect(read.bytes == Array("D=4\n".utf8))
  }

  @Test("no descriptor is inherited by a child")
  func notInherited() throws {
    let lock = try folder.lock()
    let replacement = try lock.prove(byteCount: 10)
    let listing = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    var count = 0
    for name in listing {
      guard let number = Int32(name),
        let path = try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/self/fd/\(name)"),
        path.hasPrefix(folder.path)
      else { continue }
      count += 1
      #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0, "\(path)")
    }
    #expect(count >= 4)
    replacement.discard()
  }

  @Test("nothing stays open after the end")
  func closed() throws {
    do {
      let lock = try folder.lock()
      let replacement = try lock.prove(byteCount: 10)
      replacement.discard()
    }
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
    }
    #expect(!open.contains { $0.hasPrefix(folder.path) })
  }
}
