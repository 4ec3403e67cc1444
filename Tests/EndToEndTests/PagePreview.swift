import Callback
import Foundation

/// A folder with the callback's pages, and pictures of them and of the sandbox's, for a person to look at.
struct PagePreview {
  /// The sandbox's pages: a name, the status, and where they are.
  static let sandbox = [
    ("sandbox-start", 200, "/"), ("sandbox-nothing", 404, "/nothing"),
    (
      "sandbox-wrong", 400,
      "/i/oauth2/authorize?client_id=sandbox-client&redirect_uri=https://a.example"
    ),
    (
      "sandbox-consent", 200,
      "/i/oauth2/authorize?response_type=code&client_id=sandbox-client&state=s&redirect_uri="
        + "http://127.0.0.1:8976/oauth/callback&code_challenge_method=S256&code_challenge="
        + "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&scope=tweet.read+tweet.write+"
        + "tweet.moderate.write+users.read+follows.read+follows.write+bookmark.read+bookmark.write+"
        + "like.read+like.write+list.read+list.write+offline.access"
    ),
  ]

  let folder: String

  /// Where a picture of a page belongs.
  func picture(of page: String, _ look: String) -> String { "\(folder)/\(page)-\(look).png" }

  /// Writes the pages, and one beside them that shows all the pictures.
  func write() throws {
    for (name, page) in Page.all {
      try Data(page.html).write(to: URL(fileURLWithPath: "\(folder)/\(name).html"))
    }
    try Data(overview.utf8).write(to: URL(fileURLWithPath: "\(folder)/index.html"))
  }

  private var overview: String {
    let pages =
      Page.all.map { ($0.name, "<a href=\"\($0.name).html\">\($0.name)</a> (\($0.page.status))") }
      + Self.sandbox.map { ($0.0, "\($0.0) (\($0.1))") }
    let rows = pages.map { name, title in
      let pictures = [
        "320-light", "320-dark", "320-forced", "1280-light", "1280-dark", "1280-forced",
      ]
      .map { #"<img src="\#(name)-\#($0).png" alt="\#($0)" title="\#($0)">"# }
      return """
        <h2>\(title)</h2>
        <p>\(pictures.joined(separator: "\n"))</p>
        """
    }
    return """
      <!doctype html>
      <html lang="en">
      <title>The pages</title>
      <meta charset="utf-8">
      <style>body{font:1rem system-ui;margin:2rem}p{display:flex;gap:1rem;overflow-x:auto}
      img{height:22rem;border:1px solid #888}</style>
      <h1>The pages</h1>
      \(rows.joined(separator: "\n"))

      """
  }
}
