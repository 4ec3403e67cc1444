import Glibc

/// Which file this is, and which version of it: what stat(2) says.
public struct FileIdentity: Equatable, Sendable {
  /// The device that holds the file.
  let device: UInt64
  /// The inode's number on that device.
  let inode: UInt64
  /// Bytes.
  let size: Int64
  /// When the content last changed, in nanoseconds since 1970.
  public let modified: Int64
  /// When content or attributes last changed, in nanoseconds since 1970.
  public let changed: Int64
  /// The permission bits, 07777.
  public let mode: UInt32
  /// The owner's user id.
  public let owner: UInt32
  /// The group's id.
  let group: UInt32
  /// How many names the file has.
  let links: UInt64

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

  /// Whether both are the same file, whatever happened to its content.
  func isSameFile(as other: FileIdentity) -> Bool {
    device == other.device && inode == other.inode
  }

  /// Whether both are the same file and nobody touched content or attributes in between.
  ///
  /// Clocks of file systems tick in milliseconds, so where it matters contents are compared too.
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
