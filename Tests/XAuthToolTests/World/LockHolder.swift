import DurableFile
import Foundation

@testable import Rotation
@testable import XAuthTool

/// Another run that holds the lock of a world's `.env` for a while.
final class LockHolder: @unchecked Sendable {
  private let release = DispatchSemaphore(value: 0)
  private let released = DispatchSemaphore(value: 0)
  private var lastDeed: (borrowing LockedFile) throws -> Void = { _ in }

  init(_ world: World) throws {
    let target = try world.target
    let taken = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [self] in
      guard
        let file = try? LockedFile.acquire(target, timeout: 5, createIfAbsent: false, waiting: {})
      else { return }
      taken.signal()
      release.wait()
      try? lastDeed(file)
      file.release()
      released.signal()
    }
    taken.wait()
  }

  /// Lets the lock go, and comes back once it is free.
  func end() {
    release.signal()
    released.wait()
  }

  /// Lets the lock go after `seconds`, having written `record` into the journal.
  func finish(after seconds: Double, writing record: RotationRecord) {
    lastDeed = { try $0.writeJournal(record.encoded) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in release.signal() }
  }

  /// Lets the lock go after `seconds`, having done `deed`.
  func finish(after seconds: Double, doing deed: @escaping () -> Void) {
    lastDeed = { _ in deed() }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in release.signal() }
  }
}
