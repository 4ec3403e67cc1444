import Glibc

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file with one event a line, in JSON. Each line is one write at the end of the file, so that a
/// reader never sees half of one and a killed sandbox has lost none.
struct EventLog: ~Copyable, Sendable {
  private let descriptor: Int32

  /// Opens `path` for appending; a new file is its owner's alone.
  init(path: String) throws(StartFailure) {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .log(path, errno: errno) }
  }

  deinit { close(descriptor) }

  /// Adds `event`.
  func append(_ event: Event) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Numbers and strings always encode.
    guard let line = try? encoder.encode(event) else { return }
    writeText(String(decoding: line, as: UTF8.self) + "\n", to: descriptor)
  }
}
