import Foundation

/// Whether this machine has the program at `path`: what needs it is skipped without it.
public func isInstalled(_ path: String) -> Bool {
  FileManager.default.isExecutableFile(atPath: path)
}
