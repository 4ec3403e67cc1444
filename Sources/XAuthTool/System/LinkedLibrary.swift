import CSystem

/// A library that is part of the program, as in a release that runs anywhere. Otherwise the system's
/// own are loaded when they are needed.
struct LinkedLibrary: Sendable, Equatable, Encodable {
  /// As its makers write it.
  let name: String
  /// Debian's version of its source.
  let version: String
  /// When Debian last changed that, in seconds since 1970.
  let time: Int

  /// All of them.
  static func live() -> [LinkedLibrary] {
    var libraries: [LinkedLibrary] = []
    while let found = csystem_linked_library(Int32(libraries.count))?.pointee {
      libraries.append(
        LinkedLibrary(
          name: String(cString: found.name), version: String(cString: found.version),
          time: Int(found.time)))
    }
    return libraries
  }
}
