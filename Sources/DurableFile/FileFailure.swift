import Glibc

/// Why a step on a file failed: the facts, from which a caller makes its messages.
///
/// Paths are absolute, except where only the caller's own path is known. `errno` values are those
/// of errno(3).
public enum FileFailure: Error, Equatable, Sendable {
  // MARK: What the path leads to

  /// There is no such file.
  case notFound(path: String)
  /// The folder that should hold the file doesn't exist.
  case folderMissing(path: String)
  /// A part of the path that should be a folder isn't one.
  case notAFolder(path: String)
  /// The path leads to a folder.
  case isFolder(path: String)
  /// The path leads to a FIFO, a socket or a device.
  case isSpecial(path: String)
  /// `path` is a symbolic link to `target`, whose folder doesn't exist.
  case danglingLink(path: String, target: String)
  /// A loop of symbolic links, or more than 40 of them.
  case linkLoop(path: String)
  /// The file has more bytes than a settings file may have (`limit`).
  case tooLarge(path: String, size: Int64, limit: Int)

  // MARK: What may be done with it

  /// The file, or a folder on the way to it, may not be read.
  case notReadable(path: String, errno: Int32)
  /// The file may not be written, although its owner's mode bit allows it.
  case notWritable(path: String, errno: Int32)
  /// The owner's write bit is off (0400, 0444): the file was protected on purpose.
  case ownerForbidsWriting(path: String, mode: UInt32)
  /// Nothing can be created in the folder.
  case folderNotWritable(path: String, errno: Int32)
  /// The file system is mounted read-only.
  case readOnlyFileSystem(path: String)
  /// The file is immutable (`chattr +i`).
  case immutable(path: String)
  /// The file can only be appended to (`chattr +a`).
  case appendOnly(path: String)
  /// The file belongs to user `owner`, whose lock and journal this user can't share.
  case notOwner(path: String, owner: UInt32)
  /// `path` is in a sticky folder that everybody may write to, and leads to a file elsewhere: a
  /// symbolic link of user `owner`'s, who is neither this user nor the folder's owner; or a file with
  /// more than one name, and nobody knows who gave it this one (`owner` is nil).
  case leadsElsewhere(path: String, owner: UInt32?)
  /// This process runs as root, and `path`, a symbolic link or a folder on the way, belongs to
  /// `owner`, who is neither root nor the file's owner.
  case untrusted(path: String, owner: UInt32)
  /// This process runs as root, and users other than root and the file's owner may write to the
  /// folder `path`.
  case untrustedMode(path: String, mode: UInt32)

  // MARK: Space

  /// The file system is full.
  case noSpace(path: String)
  /// The user's quota is used up.
  case quota(path: String)

  // MARK: The state folder, lock and journal

  /// A state folder can be made neither beside the file (`path`, with the reason in `errno`) nor in
  /// its owner's home.
  case noStateFolder(path: String, errno: Int32)
  /// The user's own folder for state, or `path` on the way to it, can't be made.
  case noStateHome(path: String, errno: Int32)
  /// An ordinary file stands where the state folder should be.
  case stateNotAFolder(path: String)
  /// What stands where the state folder (or a file in it) should be is a link or the like, belongs to
  /// somebody else, or is open to others.
  case stateFolderUnsafe(path: String, owner: UInt32, mode: UInt32)
  /// This process runs as root, and the state folder is in the home of the file's owner, user `owner`,
  /// behind the symbolic link `path`, which root doesn't follow.
  case stateBehindLink(path: String, owner: UInt32)
  /// Another process held the lock for the whole of `seconds`.
  case lockTimedOut(path: String, seconds: Double)
  /// The state folder beside `link`, which now leads to the file at `path`, holds a renewal of its
  /// token that isn't finished.
  case stateAtLink(folder: String, link: String, path: String)
  /// The file system doesn't lock.
  case cannotLock(path: String, errno: Int32)
  /// The file has no name left (`st_nlink` 0) although its path leads to it: a single file that is
  /// mounted into a container, and that the host has replaced.
  case replacedOutside(path: String)
  /// The path has come to lead to something other than a regular file meanwhile.
  case changedKind(path: String)
  /// The journal was removed while it was open.
  case journalRemoved(path: String)
  /// The journal isn't empty, and none of its records is whole.
  case journalDamaged(path: String)
  /// The journal, or the image of an unfinished save, was written by a newer program.
  case journalNewer(path: String, version: UInt32)
  /// A journal record's payload is longer than `capacity` bytes.
  case journalRecordTooLarge(count: Int, capacity: Int)

  // MARK: Everything else

  /// The system call `operation` failed.
  case system(operation: String, path: String, errno: Int32)
}

// MARK: - From system calls

extension FileFailure {
  /// The failure of system call `operation` on `path`, from `errno` as the call left it.
  static func current(_ operation: String, _ path: String) -> FileFailure {
    of(errno, operation, path)
  }

  /// The failure that `code` of errno(3) means whichever call returned it.
  static func of(_ code: Int32, _ operation: String, _ path: String) -> FileFailure {
    switch code {
    case ENOSPC: .noSpace(path: path)
    case EDQUOT: .quota(path: path)
    case EROFS: .readOnlyFileSystem(path: path)
    default: .system(operation: operation, path: path, errno: code)
    }
  }

  /// `stateFolderUnsafe` for what stands at `path`.
  static func unsafeState(_ path: String, _ status: stat?) -> FileFailure {
    .stateFolderUnsafe(
      path: path, owner: status?.st_uid ?? 0, mode: UInt32(status?.st_mode ?? 0) & 0o7777)
  }
}

/// Repeats `call` as long as a signal interrupts it (EINTR).
func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
