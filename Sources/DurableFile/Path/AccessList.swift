import Glibc
import Paths

/// An access control list (acl(5)), as far as it says who may write.
struct AccessList: Equatable {
  /// Whom a list can let write, beside the owner and everybody.
  enum Writer: Equatable {
    case user(UInt32)
    case group(UInt32)
    /// The group that the file belongs to.
    case owningGroup
  }

  /// Those whom it does let write.
  let writers: [Writer]

  /// From the bytes that Linux keeps (linux/posix_acl_xattr.h); nil if they aren't a list.
  init?(_ bytes: [UInt8]) {
    guard bytes.count % 8 == 4, Self.number(bytes.prefix(4)) == 2 else { return nil }
    var writers: [Writer] = []
    var isMasked = false
    for start in stride(from: 4, to: bytes.count, by: 8) {
      let mayWrite = bytes[start + 2] & 2 != 0
      let id = Self.number(bytes[start + 4..<start + 8])
      switch (Self.number(bytes[start..<start + 2]), mayWrite) {
      case (0x02, true): writers.append(.user(id))
      case (0x04, true): writers.append(.owningGroup)
      case (0x08, true): writers.append(.group(id))
      // The mask is the most that any of these is granted.
      case (0x10, false): isMasked = true
      default: break
      }
    }
    self.writers = isMasked ? [] : writers
  }

  /// That of the folder at `path`; nil where there is none.
  static func ofFolder(_ path: String) throws(FileFailure) -> AccessList? {
    let number = uninterrupted {
      open(path.pathBytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }
    guard number >= 0 else { throw .current("open", path) }
    let attributes = try ExtendedAttributes(of: Descriptor(number, path: path))
    return attributes.values["system.posix_acl_access"].flatMap { AccessList($0) }
  }

  /// Little endian.
  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
