import Foundation

/// The package's own files, for tests of what people read.
public enum Repository {
  /// The package's folder.
  public static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// What people read before they run anything; their blocks have names, each a different one.
  public static let documents = ["README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"]

  /// The text of the file at `path` in the package.
  public static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(Self.path)/\(path)", encoding: .utf8)
  }
}
