import Foundation

/// The package's own files, for tests of what people read.
public enum Repository {
  /// The package's folder.
  public static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The text of the file at `path` in the package.
  public static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(Self.path)/\(path)", encoding: .utf8)
  }
}
