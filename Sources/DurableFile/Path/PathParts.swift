/// Paths are bytes. Split as text, a combining mark after a slash would make the two one character,
/// and hide a folder from whoever walks the path.
extension String {
  /// The parts between the slashes, empty ones left out.
  var pathParts: [String] {
    utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }

  /// Whether the path begins at the root.
  var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }
}
