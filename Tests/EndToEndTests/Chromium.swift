import Foundation
import TestSupport
import Testing

/// A real browser, without a window: it opens the address, clicks a button, and tells what it shows.
struct Chromium {
  /// How the browser is set.
  struct Settings: Encodable {
    /// SHA-256 of the public keys whose certificates are accepted, in base64.
    var trust: [String] = []
    /// Whether pages may run script.
    var script = true
    /// The window's width in CSS pixels.
    var width = 1280
    /// Whether the person prefers dark pages.
    var dark = false
    /// Where a picture of the page is put; nil: nowhere.
    var screenshot: String?
  }

  /// What a person would see, and what the browser's console says.
  struct Seen: Decodable {
    /// The address bar.
    let url: String
    let title: String
    let text: String
    /// Errors, warnings, violations of the page's policy.
    let problems: [String]
    /// All that was asked for after the click.
    let requests: [String]
    /// Whether the page is wider than the window.
    let overflow: Bool
  }

  static let program = "/usr/bin/chromium"

  /// Opens `address` and clicks `button`.
  static func click(
    _ button: String, at address: String, _ settings: Settings = Settings()
  ) throws -> Seen {
    let folder = TemporaryFolder()
    var settings = settings
    // To look at the pages: XAUTH_SCREENSHOTS names a folder.
    if let shots = ProcessInfo.processInfo.environment["XAUTH_SCREENSHOTS"] {
      let theme = settings.dark ? "dark" : "light"
      settings.screenshot = "\(shots)/\(button)-\(settings.width)-\(theme).png"
    }
    let file = folder.write([UInt8](try JSONEncoder().encode(settings)), to: "settings.json")
    let driver = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Drivers/browser.py").path
    let outcome = try Child.run(
      "/usr/bin/python3", [driver, address, button, file],
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path, "TMPDIR": folder.path],
      seconds: 60)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Seen.self, from: Data(outcome.output.utf8))
  }
}
