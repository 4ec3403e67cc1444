import Callback
import Foundation

/// A folder with the callback's pages and pictures of them, for a person to look at.
struct PagePreview {
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
    let rows = Page.all.map { name, page in
      let pictures = [
        "320-light", "320-dark", "320-forced", "1280-light", "1280-dark", "1280-forced",
      ]
      .map { #"<img src="\#(name)-\#($0).png" alt="\#($0)" title="\#($0)">"# }
      return """
        <h2><a href="\(name).html">\(name)</a> (\(page.status))</h2>
        <p>\(pictures.joined(separator: "\n"))</p>
        """
    }
    return """
      <!doctype html>
      <html lang="en">
      <title>The callback's pages</title>
      <meta charset="utf-8">
      <style>body{font:1rem system-ui;margin:2rem}p{display:flex;gap:1rem;overflow-x:auto}
      img{height:22rem;border:1px solid #888}</style>
      <h1>The callback's pages</h1>
      \(rows.joined(separator: "\n"))

      """
  }
}
