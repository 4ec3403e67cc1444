import CSystem
import Glibc

/// An open file descriptor, closed with the last reference, and with it the lock it holds.
final class Descriptor {
  /// The descriptor; −1 once closed, so that a late call fails instead of hitting another file.
  private(set) var number: Int32
  /// Named in failures.
  let path: String

  init(_ number: Int32, path: String) {
    self.number = number
    self.path = path
  }

  deinit { close() }

  func close() {
    guard number >= 0 else { return }
    _ = Glibc.close(number)
    number = -1
  }

  func status() throws(FileFailure) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw .current("fstat", path) }
    return status
  }

  /// Gives the file to `owner` if it is somebody else's.
  func give(to owner: FileOwner) throws(FileFailure) {
    let now = try status()
    guard now.st_uid != owner.user || now.st_gid != owner.group else { return }
    guard fchown(number, owner.user, owner.group) == 0 else { throw .current("fchown", path) }
  }

  func setMode(_ mode: UInt32) throws(FileFailure) {
    guard fchmod(number, mode_t(mode)) == 0 else { throw .current("fchmod", path) }
  }

  /// Content, attributes and all that is needed to find them again reach the disk.
  func sync() throws(FileFailure) {
    guard uninterrupted({ fsync(number) }) == 0 else { throw .current("fsync", path) }
  }

  /// Content reaches the disk.
  func syncData() throws(FileFailure) {
    guard uninterrupted({ fdatasync(number) }) == 0 else { throw .current("fdatasync", path) }
  }

  func truncate(to count: Int) throws(FileFailure) {
    guard uninterrupted({ ftruncate(number, off_t(count)) }) == 0 else {
      throw .current("ftruncate", path)
    }
  }

  /// Makes sure that writing up to `count` bytes will not meet a full disk. Grows the file.
  func reserve(_ count: Int) throws(FileFailure) {
    // Returns the error instead of setting errno.
    var code: Int32
    repeat { code = posix_fallocate(number, 0, off_t(max(count, 1))) } while code == EINTR
    guard code == 0 else { throw .of(code, "posix_fallocate", path) }
  }
}
