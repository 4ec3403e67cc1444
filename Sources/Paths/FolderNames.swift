import Glibc

/// The names in a folder, `.` and `..` left out, in no particular order.
public enum FolderNames {
  /// Those in the folder at `path`; nil if it can't be read.
  public static func at(_ path: String) -> [String]? {
    guard let stream = opendir(path.pathBytes) else { return nil }
    defer { closedir(stream) }
    return read(stream)
  }

  /// Those that are still to be read from an open folder.
  public static func read(_ stream: OpaquePointer) -> [String] {
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    var names: [String] = []
    while let entry = readdir(stream) {
      // An entry ends with its name: its record is shorter than the type says.
      let name = UnsafeRawPointer(entry).advanced(by: offset)
      names.append(String(cPath: name.assumingMemoryBound(to: CChar.self)))
    }
    return names.filter { $0 != "." && $0 != ".." }
  }
}
