import COpenSSL
import Foundation
import Testing

@testable import Callback

@Suite("Pages")
struct PageTests {
  @Test("The policy names the one style and the one script by their hashes")
  func hashes() throws {
    // When the style changes, the failure shows the hash that belongs in the source.
    #expect(try sha256(Page.style) == Page.styleHash)
    #expect(try sha256(Page.script) == Page.scriptHash)
    #expect(Page.contentSecurityPolicy.contains("style-src 'sha256-\(Page.styleHash)'"))
    #expect(Page.contentSecurityPolicy.contains("script-src 'sha256-\(Page.scriptHash)'"))
    #expect(Page.contentSecurityPolicy.hasPrefix("default-src 'none';"))
    #expect(Page.contentSecurityPolicy.contains("frame-ancestors 'none'"))
  }

  @Test("Every page is one whole, accessible document", arguments: Page.all.map(\.name))
  func structure(name: String) throws {
    let page = try #require(Page.all.first { $0.name == name }?.page)
    let html = String(decoding: page.html, as: UTF8.self)
    #expect(
      html.hasPrefix(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>\(Page.escaped(page.title))</title>"))
    let parts = ["<h1>", "<main>", "</main>", "<h2 id=\"next\">What to do now</h2>"]
    for once in parts + ["<style>", "<script>", "name=\"viewport\""] {
      #expect(html.components(separatedBy: once).count == 2, "\(once) once")
    }
    #expect(html.contains("<style>\(Page.style)</style>"))
    #expect(html.contains("<script>\(Page.script)</script>"))
    #expect(page.html.count < 8192)
  }

  @Test("A page loads nothing, and has no inline attribute that its policy would block")
  func selfContained() {
    for (name, page) in Page.all {
      let icons = [Page.Tone.good, .pause, .bad].map(Page.icon)
      var html = String(decoding: page.html, as: UTF8.self)
      for icon in icons { html = html.replacingOccurrences(of: icon, with: "") }
      for loading in ["http:", "https:", "src=", "href=", "url(", "@import", "style=", "onload="] {
        #expect(!html.contains(loading), "\(name): \(loading)")
      }
    }
  }

  @Test("The status says whether it went well, and whose fault it was if it didn't")
  func statuses() {
    for (name, page) in Page.all { #expect((page.status == 200) == (name == "signed-in")) }
    for page in [Page.denied, .refused, .notThisLogin, .tooLate] {
      #expect((400..<500).contains(page.status))
    }
    // RFC 9110 §15.6: this program's own fault, X's, and a temporary one.
    for page in [Page.notExchanged, .couldNotSave, .keptAside, .lost] {
      #expect(page.status == 500)
    }
    #expect(Page.exchangeFailed.status == 502)
    #expect(Page.unavailable.status == 503)
  }

  @Test("Pages differ in title and text, and only one says that the tokens are saved")
  func distinct() {
    #expect(Set(Page.all.map(\.page.title)).count == Page.all.count)
    #expect(Set(Page.all.map(\.page.html)).count == Page.all.count)
    for (name, page) in Page.all where name != "signed-in" {
      #expect(!String(decoding: page.html, as: UTF8.self).contains("tokens are saved"))
    }
  }

  @Test("What X calls an account, and a file's name, reach a page as text alone")
  func escapes() {
    let hostile = "<b>&\u{301}<"
    for page in [
      Page.confirm(hostile), .otherAccount(hostile), .signedIn.with(.init(account: hostile)),
      .signedIn.with(.init(file: hostile)),
    ] {
      let html = String(decoding: page.html, as: UTF8.self)
      #expect(html.contains("&lt;b&gt;&amp;\u{301}&lt;") && !html.contains("<b>"))
    }
  }

  @Test("A page tells the facts that are known, and has no empty list where none are")
  func facts() {
    let html = String(
      decoding: Page.refused.with(.init(file: "/p/.env", reason: .scopes)).html, as: UTF8.self)
    #expect(html.contains("<dt>Project</dt><dd><code>/p/.env</code></dd>"))
    #expect(html.contains("<dt>Reason</dt><dd>\(Page.Reason.scopes.rawValue)</dd>"))
    #expect(!html.contains("<dt>Account"))
    for page in [Page.notThisLogin, .openedTwice] {
      #expect(!String(decoding: page.html, as: UTF8.self).contains("<dl>"))
    }
  }

  @Test("The icon in the tab differs with the outcome, as the mark does")
  func icons() {
    let icons = [Page.Tone.good, .pause, .bad].map(Page.icon)
    #expect(Set(icons).count == 3)
    #expect(icons.allSatisfy { !$0.contains("#") && !$0.contains("http:") })
    #expect(Page.contentSecurityPolicy.contains("img-src data:;"))
    let shown = String(decoding: Page.signedIn.html, as: UTF8.self)
    #expect(shown.contains(icons[0]) && !shown.contains(icons[2]))
  }

  @Test("Text meets WCAG AA against its background, in both schemes")
  func contrast() {
    // Foreground, background: as in the style.
    let pairs = [
      ("1b1d22", "fffefb"), ("565a63", "fffefb"),
      ("18704a", "ebf4ee"), ("8a5300", "faf2e1"), ("a92b2b", "faecea"),
      ("eceae4", "1a1d23"), ("a9adb7", "1a1d23"),
      ("6fce9c", "1b2b25"), ("ecb65a", "2d2619"), ("f39a90", "321f20"),
      ("1b1d22", "faecea"), ("eceae4", "321f20"),
    ]
    for (foreground, background) in pairs {
      for color in [foreground, background] { #expect(Page.style.contains("#\(color)")) }
      let (one, other) = (luminance(foreground), luminance(background))
      let ratio = (max(one, other) + 0.05) / (min(one, other) + 0.05)
      #expect(ratio >= 4.5, "#\(foreground) on #\(background): \(ratio)")
    }
  }

  /// Relative luminance (WCAG 2.2).
  private func luminance(_ hex: String) -> Double {
    let value = Int(hex, radix: 16) ?? 0
    let channels = [value >> 16 & 255, value >> 8 & 255, value & 255].map { channel -> Double in
      let part = Double(channel) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }

  private func sha256(_ text: String) throws -> String {
    let openssl = try #require(copenssl_functions())
    var digest = [UInt8](repeating: 0, count: 32)
    let bytes = Array(text.utf8)
    let result = openssl.pointee.EVP_Digest(
      bytes, bytes.count, &digest, nil, openssl.pointee.EVP_sha256(), nil)
    try #require(result == 1)
    return Data(digest).base64EncodedString()
  }
}
