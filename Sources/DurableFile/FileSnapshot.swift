/// What a file held at one moment.
public struct FileSnapshot: Sendable, Equatable {
  /// The whole content.
  public let bytes: [UInt8]
  /// Which file it was, and which version.
  public let identity: FileIdentity

  /// The most bytes a file may hold. Settings files are a few KiB; a limit keeps a path that leads
  /// to a disk image by mistake from filling the memory.
  public static let limit = 16 << 20
}
