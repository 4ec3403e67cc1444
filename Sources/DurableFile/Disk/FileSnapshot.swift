import Glibc

/// The content of a file at one moment.
public struct FileSnapshot: Sendable, Equatable {
  /// The whole content.
  public let bytes: [UInt8]
  /// Which file it was, and which version of it.
  public let identity: FileIdentity

  /// The most bytes that a file may have. Settings files have a few KiB; the limit keeps a path that
  /// leads to a disk image by mistake from filling the memory. 128 KiB of it are for what a save
  /// adds to a file of 1 MiB.
  public static let limit = (1 << 20) + (128 << 10)
}

/// Shows how much it holds, never what: files that are worth a lock have secrets in them.
extension FileSnapshot: CustomStringConvertible, CustomReflectable {
  /// The number of bytes and the inode.
  public var description: String { "\(bytes.count) bytes of inode \(identity.inode)" }
  /// Without the bytes.
  public var customMirror: Mirror { Mirror(self, children: ["identity": identity]) }
}

/// Which file this is, and which version of it, from stat(2).
public struct FileIdentity: Equatable, Sendable {
  /// The device that holds the file.
  let device: UInt64
  /// The inode's number on that device.
  let inode: UInt64
  /// In bytes.
  let size: Int64
  /// When the content last changed, in nanoseconds since 1970.
  public let modified: Int64
  /// When the content or the attributes last changed, in nanoseconds since 1970.
  public let changed: Int64
  /// The permission bits, 07777.
  public let mode: UInt32
  /// The owner's user id.
  public let owner: UInt32
  /// The group's id.
  let group: UInt32
  /// How many names the file has.
  public let links: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
    mode = UInt32(status.st_mode) & 0o7777
    owner = UInt32(status.st_uid)
    group = UInt32(status.st_gid)
    links = UInt64(status.st_nlink)
  }

  /// Whether the mode lets others than the owner read the file or write to it. An access list is in it
  /// too: the group's bits are the most that the list grants.
  public var isOpenToOthers: Bool { mode & 0o077 != 0 }

  /// Whether both are the same file, with whatever content.
  func isSameFile(as other: FileIdentity) -> Bool {
    device == other.device && inode == other.inode
  }

  /// Whether both are the same file, and neither content nor attributes changed in between.
  ///
  /// File systems' clocks tick in milliseconds, so where it matters contents are compared too.
  func isSameVersion(as other: FileIdentity) -> Bool {
    isSameFile(as: other) && size == other.size && modified == other.modified
      && changed == other.changed
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

extension stat {
  var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
  var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
  var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}
