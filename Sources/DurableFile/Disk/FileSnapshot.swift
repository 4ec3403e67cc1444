/// What a file held at one moment.
public struct FileSnapshot: Sendable, Equatable {
  /// The whole content.
  public let bytes: [UInt8]
  /// Which file it was, and which version.
  public let identity: FileIdentity

  /// The most bytes that a file may have. Settings files have a few KiB; the limit keeps a path that
  /// leads to a disk image by mistake from filling the memory. 64 KiB of it are for what a save adds
  /// to a file of 1 MiB.
  public static let limit = (1 << 20) + (64 << 10)
}

/// Says how much, never what: files that are worth locking hold secrets.
extension FileSnapshot: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The number of bytes and the inode.
  public var description: String { "\(bytes.count) bytes of inode \(identity.inode)" }
  /// The same as `description`.
  public var debugDescription: String { description }
  /// Without the bytes.
  public var customMirror: Mirror { Mirror(self, children: ["identity": identity]) }
}
