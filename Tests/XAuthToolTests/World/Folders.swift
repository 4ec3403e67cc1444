import Foundation

/// Folders that get in the way.
enum Folders {
  /// Replaces the file at `path` by a folder.
  static func put(at path: String) {
    unlink(path)
    mkdir(path, 0o700)
  }

  static func remove(_ path: String) { rmdir(path) }
}
