import Foundation
import TestSupport
import Testing

/// What Package.swift says of who may know whom: its targets, as SwiftPM itself reads them.
struct Manifest: Decodable {
  struct Target: Decodable {
    struct Dependency: Decodable {
      let byName: [String?]
    }

    let name: String
    let type: String
    let path: String?
    let dependencies: [Dependency]

    /// The folder of its sources.
    var folder: String { path ?? "\(type == "test" ? "Tests" : "Sources")/\(name)" }
    /// Whether it is no test and nothing for tests.
    var isProduct: Bool { folder.hasPrefix("Sources/") }
    /// The modules that it depends on.
    var modules: Set<String> { Set(dependencies.compactMap { $0.byName.first ?? nil }) }
  }

  let targets: [Target]

  /// The package's own manifest.
  static func load() throws -> Manifest {
    let folder = TemporaryFolder()
    // A scratch folder of its own: a build that runs meanwhile holds the other one's lock.
    let outcome = try Child.run(
      "/usr/bin/env",
      ["swift", "package", "--scratch-path", folder.path, "dump-package"],
      environment: [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": folder.path,
      ], folder: Repository.path)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Manifest.self, from: Data(outcome.output.utf8))
  }
}
