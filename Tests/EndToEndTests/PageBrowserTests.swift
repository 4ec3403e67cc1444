import Callback
import Foundation
import TestSupport
import Testing

extension BrowserTests {
  @Suite("The callback's pages")
  struct PageBrowserTests {
    /// Where pages and pictures are put for a person to look at; nil: nowhere.
    private static let preview = ProcessInfo.processInfo.environment["PREVIEW_PAGES"]
      .map { PagePreview(folder: $0) }

    /// Both schemes, from the narrowest telephone to a desk, and a high-contrast theme.
    private static let looks: [(name: String, look: Chromium.Look)] = [
      ("320-light", .init(width: 320)), ("320-dark", .init(width: 320, dark: true, axe: true)),
      ("1280-light", .init(axe: true)), ("1280-dark", .init(dark: true)),
      ("320-forced", .init(width: 320, forced: true)),
      ("1280-forced", .init(dark: true, forced: true)),
    ]

    @Test("say what they say with and without script, at every width and in all colours")
    func pages() throws {
      let browser = try Chromium()
      for hasScript in [true, false] {
        try browser.allowScript(hasScript)
        for (name, page) in Page.all {
          let served = try ServedPage(page)
          let seen = try browser.open(served.address)
          #expect(seen.title == page.title)
          #expect(seen.status == page.status)
          #expect(seen.text.contains("What to do now"))
          #expect(seen.problems == [], "\(name)")
          #expect(seen.requests == [served.address, served.outcomeAddress], "\(name)")
          #expect(seen.url == (hasScript ? served.redirectURI : served.outcomeAddress), "\(name)")
          #expect(seen.history.last == seen.url, "\(name)")
          #expect(!seen.history.contains { $0.contains("code=") }, "\(name)")
          try look(at: name, in: browser, hasScript: hasScript)
        }
      }
      try Self.preview?.write()
    }

    @Test("the sandbox's pages do so too", arguments: [true, false])
    func sandbox(hasScript: Bool) throws {
      let sandbox = try RunningSandbox()
      let browser = try Chromium()
      try browser.allowScript(hasScript)
      for (name, status, target) in PagePreview.sandbox {
        let seen = try browser.open(sandbox.address + target)
        #expect(seen.status == status, "\(name)")
        #expect(seen.text.contains("This is not X"))
        #expect(seen.problems == [], "\(name)")
        try look(at: name, in: browser, hasScript: hasScript)
      }
    }

    private func look(at name: String, in browser: Chromium, hasScript: Bool) throws {
      for (kind, var look) in Self.looks {
        // Axe is a script itself.
        look.axe = look.axe && hasScript
        if hasScript { look.shot = Self.preview?.picture(of: name, kind) }
        let impression = try browser.look(look)
        #expect(!impression.overflow, "\(name) \(kind)")
        #expect(impression.faults == [], "\(name) \(kind)")
      }
    }
  }
}
