import CSystem
import Paths

/// A file system that lacks something a `.env` with tokens relies on.
public struct FileSystem: Sendable, Equatable {
  /// What people call it.
  public let name: String
  /// Whether others who reach the same file, from another machine or by another mount, may not see a
  /// lock.
  public let mayHideLocks: Bool
  /// Whether modes can be made up by the mount, and then chmod(2) changes nothing.
  public let mayInventModes: Bool

  /// The file system by its number (statfs(2), linux/magic.h); nil if nothing is known against it.
  init?(type: UInt32) {
    let (name, mayHideLocks, mayInventModes): (String, Bool, Bool)
    switch type {
    case 0x6573_5546: (name, mayHideLocks, mayInventModes) = ("FUSE", true, true)
    case 0x0102_1997: (name, mayHideLocks, mayInventModes) = ("9p", true, true)
    case 0xff53_4d42, 0xfe53_4d42: (name, mayHideLocks, mayInventModes) = ("SMB", true, true)
    case 0x786f_4256: (name, mayHideLocks, mayInventModes) = ("vboxsf", true, true)
    case 0x6969: (name, mayHideLocks, mayInventModes) = ("NFS", true, false)
    case 0x4d44: (name, mayHideLocks, mayInventModes) = ("FAT", false, true)
    case 0x2011_bab0: (name, mayHideLocks, mayInventModes) = ("exFAT", false, true)
    case 0x5346_544e, 0x7366_746e: (name, mayHideLocks, mayInventModes) = ("NTFS", false, true)
    default: return nil
    }
    (self.name, self.mayHideLocks, self.mayInventModes) = (name, mayHideLocks, mayInventModes)
  }
}

extension FileTarget {
  /// The file system of its folder, if it lacks something.
  public var lesserFileSystem: FileSystem? {
    FileSystem(type: csystem_file_system(folderPath.pathBytes))
  }
}
