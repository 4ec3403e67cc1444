import CSystem
import Glibc

/// The extended attributes of a file (xattr(7)), among which Linux keeps access control lists.
struct ExtendedAttributes: Equatable {
  private static let accessList = "system.posix_acl_access"

  let values: [String: [UInt8]]

  /// Reads all attributes of `file` that may be read.
  init(of file: Descriptor) throws(FileFailure) {
    var values: [String: [UInt8]] = [:]
    for name in try Self.names(of: file) {
      let value = try Self.read(file) { csystem_get_attribute(file.number, name, $0, $1) }
      // nil: removed since it was listed, or not readable for this user and so not to be copied.
      if let value { values[name] = value }
    }
    self.values = values
  }

  /// Removes an access list that `file`, just made, inherited from its folder, if these attributes
  /// have none.
  func removeInheritedList(from file: Descriptor) {
    guard values[Self.accessList] == nil else { return }
    _ = csystem_remove_attribute(file.number, Self.accessList)
  }

  /// Gives `file` these attributes; false when one can't be kept.
  func apply(to file: Descriptor) throws(FileFailure) -> Bool {
    let present = try ExtendedAttributes(of: file).values
    for (name, value) in values where present[name] != value {
      if csystem_set_attribute(file.number, name, value, value.count) != 0 { return false }
    }
    return present.keys.allSatisfy { values[$0] != nil || $0.hasPrefix("security.") }
  }

  private static func names(of file: Descriptor) throws(FileFailure) -> [String] {
    let list = try read(file) { buffer, size in
      csystem_list_attributes(file.number, buffer?.assumingMemoryBound(to: CChar.self), size)
    }
    return (list ?? []).split(separator: 0).compactMap { String(validating: $0, as: UTF8.self) }
  }

  // First the size, then the value, and again if it has grown in between.
  private static func read(
    _ file: Descriptor, _ call: (UnsafeMutableRawPointer?, Int) -> Int
  ) throws(FileFailure) -> [UInt8]? {
    while true {
      let size = call(nil, 0)
      if size == 0 { return [] }
      if size > 0 {
        var value = [UInt8](repeating: 0, count: size)
        let count = value.withUnsafeMutableBytes { call($0.baseAddress, $0.count) }
        if count >= 0 { return Array(value.prefix(count)) }
      }
      switch errno {
      case ERANGE: continue
      case ENODATA, ENOTSUP, ENOSYS, EACCES, EPERM: return nil
      default: throw .current("fgetxattr", file.path)
      }
    }
  }
}
