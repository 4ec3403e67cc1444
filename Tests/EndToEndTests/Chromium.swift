import Foundation
import TestSupport
import Testing

/// A real browser with one tab, without a window.
final class Chromium {
  /// What a person would see, and what the browser complains about.
  struct Seen: Decodable {
    /// The address bar.
    let url: String
    /// The addresses that Back and Forward lead to, with this one.
    let history: [String]
    /// The page's HTTP status; 0 when there was no answer.
    let status: Int
    let title: String
    let text: String
    /// Errors, warnings, violations of the page's policy.
    let problems: [String]
    /// All that was asked for on the way.
    let requests: [String]
  }

  /// How a page is looked at.
  struct Look: Encodable {
    /// The window's width in CSS pixels.
    var width = 1280
    /// Whether the person prefers dark pages.
    var dark = false
    /// Whether a high-contrast theme decides the colours.
    var forced = false
    /// Where a picture of the page is put; nil: nowhere.
    var shot: String?
    /// Whether axe looks for faults that keep people out.
    var axe = false
  }

  /// What such a look finds.
  struct Impression: Decodable {
    /// Whether the page is wider than the window.
    let overflow: Bool
    /// What axe finds, or can't decide.
    let faults: [String]
  }

  /// Whether there is one, and the Python that has axe.
  static let isInstalled =
    FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium") && python != nil
  static let howToInstall: Comment = "needs Chromium and axe-core: scripts/test brings both"

  private static let python = ProcessInfo.processInfo.environment["XAUTH_TEST_PYTHON"]
    .flatMap { $0.isEmpty ? nil : $0 }

  private let folder = TemporaryFolder()
  private let driver: Child
  private var answers = 0

  /// Starts it.
  ///
  /// - Parameter trusted: SHA-256 of the public keys whose certificates are accepted, in base64.
  init(trusting trusted: [String] = []) throws {
    let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Drivers/browser.py").path
    // -B: nothing is compiled into the sources.
    driver = try Child(
      try #require(Self.python), ["-B", program] + trusted,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path, "TMPDIR": folder.path])
  }

  deinit { _ = driver.wait() }

  /// Goes to `address`.
  func open(_ address: String) throws -> Seen { try tell(["open": address]) }

  /// Clicks the button with this text.
  func click(_ button: String) throws -> Seen { try tell(["click": button]) }

  /// Loads the page again.
  func reload() throws -> Seen { try tell(["reload": true]) }

  /// Looks at the page.
  func look(_ look: Look) throws -> Impression { try tell(["look": look]) }

  /// Switches the script of pages off or on, for all pages to come.
  func allowScript(_ isAllowed: Bool) throws {
    struct Nothing: Decodable {}
    let _: Nothing = try tell(["script": isAllowed])
  }

  private func tell<Answer: Decodable>(_ command: [String: some Encodable]) throws -> Answer {
    driver.type(String(decoding: try JSONEncoder().encode(command), as: UTF8.self) + "\n")
    var line: Substring?
    _ = eventually(within: 60) {
      let lines = driver.outputSoFar.split(separator: "\n", omittingEmptySubsequences: false)
      // What stands behind the last line end isn't whole yet.
      line = lines.dropLast().dropFirst(answers).first
      return line != nil || !driver.isRunning
    }
    let answer = try #require(line, "\(command): \(driver.errorsSoFar)")
    answers += 1
    return try JSONDecoder().decode(Answer.self, from: Data(answer.utf8))
  }
}
