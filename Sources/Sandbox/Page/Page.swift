/// A page of the sandbox. Each says that this isn't X; nothing of a request gets in unescaped.
struct Page {
  let status: Int
  let title: String
  /// HTML, complete and escaped.
  let content: String

  var response: Response {
    let html = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(Self.escape(title)) · xauth-sandbox</title>
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="/style.css">
      </head>
      <body>
      <p class="notice"><strong>Sandbox.</strong> This is not X: it is a stand-in on your own
      machine. No real account, no real tokens.</p>
      <main>
      <h1>\(Self.escape(title))</h1>
      \(content)
      </main>
      </body>
      </html>

      """
    return Response(
      status: status,
      headers: [
        Header("Content-Type", "text/html; charset=utf-8"), Header("Cache-Control", "no-store"),
        Header("Referrer-Policy", "no-referrer"), Header("X-Content-Type-Options", "nosniff"),
        // No form-action: browsers apply it to the redirect after the form too, and that one goes
        // to the client's own address.
        Header(
          "Content-Security-Policy",
          "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
            + "frame-ancestors 'none'"),
      ], body: Array(html.utf8))
  }

  /// `text` as HTML text or as a quoted attribute's value.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
