import Foundation
import TestSupport
import Testing

/// A checkout of this repository, as a reader has one: `scripts/test.d/checkout` makes it, once for
/// all tests.
enum Checkout {
  static let path = "\(Repository.path)/.build-checkout"
  /// Where `scripts/release` puts what it makes.
  static let release = "\(path)/.build-release"
  /// The tag of its commit.
  static let tag = "v1"

  /// What a build needs of this machine: where Swift is, and the home for its caches.
  static let environment = ProcessInfo.processInfo.environment
    .filter { ["PATH", "HOME", "LANG"].contains($0.key) }
  static let searchPath = environment["PATH"] ?? "/usr/bin:/bin"
  static let swift = searchPath.split(separator: ":").map { "\($0)/swift" }
    .first(where: isInstalled)

  /// Why it couldn't be made: an issue of each test that needs it.
  struct Failure: Error {
    let text: String
  }

  /// Begins to make it, and a release, unless somebody has.
  static func start() { _ = released }

  /// Makes sure that it is there with its programs; returns the folder that they are in.
  static func programs() async throws -> String { try await built.value }

  /// Makes sure that there is a release too; returns its version.
  static func version() async throws -> String { try await released.value }

  /// How a release is made: with this system's libraries, as no test needs a network.
  static func releaseCall(_ version: String) -> String { "scripts/release --system \(version)" }

  private static let built = Task {
    try await aside {
      // Begun beside the build of the tests; a minute or two when all of it is new.
      let made = try run("scripts/test.d/checkout", in: Repository.path, seconds: 900)
      try run("GIT_CONFIG_GLOBAL=/dev/null git tag --force \(tag)", in: path)
      return String(made.split(separator: "\n").last ?? "")
    }
  }

  private static let released = Task {
    let bin = try await programs()
    return try await aside {
      let words = try run("\(bin)/xauth version", in: path).split(whereSeparator: \.isWhitespace)
      let version = String(words.last ?? "")
      try? FileManager.default.removeItem(atPath: release)
      try run(releaseCall(version), in: path, seconds: 240)
      return version
    }
  }

  /// Does what takes minutes on a thread of its own: those of the tests are few.
  private static func aside<Made: Sendable>(
    _ work: @escaping @Sendable () throws -> Made
  ) async throws -> Made {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
  }

  /// Behind the other tests, some of which play a person at a terminal.
  @discardableResult
  private static func run(
    _ script: String, in folder: String, seconds: Double = 30
  ) throws -> String {
    let outcome = try Child.run(
      "/usr/bin/nice", ["-n", "10", "/bin/bash", "-euo", "pipefail", "-c", script],
      environment: environment, folder: folder, seconds: seconds)
    guard outcome.status == 0 else { throw Failure(text: outcome.output + outcome.errors) }
    return outcome.output
  }
}
