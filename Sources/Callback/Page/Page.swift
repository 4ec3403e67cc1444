/// A page that the browser shows at the end of a login.
///
/// Pages are constants: they say what happened and reflect nothing of the request. They need
/// neither script nor network; the only script, where it runs, takes what is left of the query out of
/// the address bar and the tab's history.
public struct Page: Sendable, Equatable {
  /// How the page looks at what happened; it decides the colour and the mark.
  enum Tone: String { case good, pause, bad }

  /// The title, which is also what the browser's tab and its history show.
  public let title: String
  /// The HTTP status that it comes with. Browsers show the page whatever it is; for programs it is
  /// all they understand of it.
  public let status: Int
  /// The whole document, in UTF-8.
  public let html: [UInt8]

  init(tone: Tone, status: Int, heading: String, text: String, next: String) {
    title = "\(heading) · xauth"
    self.status = status
    html = Array(
      Self.document(tone: tone, title: title, heading: heading, text: text, next: next).utf8)
  }

  /// What a browser may do with an answer of ours: show it, in its one style, and run its one
  /// script. Both are named by their SHA-256 (CSP 3 §2.3.1), which a test recomputes.
  static let contentSecurityPolicy =
    "default-src 'none'; style-src 'sha256-\(styleHash)'; script-src 'sha256-\(scriptHash)'; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  static let styleHash = "+Ua+bDRN6V8a1DuUCWpsy/6tyfM/Um1iN2RzaAsr1AU="
  static let scriptHash = "8A+3er73YJf04rRHGhbZwZQACPiiipi9EPduIeAAIDk="

  /// The code is gone from there before the page comes (see `CallbackListener.finish`); what is left
  /// is the state, which is spent. Without it the address looks like what it is: the end.
  static let script = #"history.replaceState(null,"",location.pathname)"#

  // The title stands before all else, so that it is there when the rest isn't yet; the charset
  // needn't come first, as it is in the Content-Type.
  private static func document(
    tone: Tone, title: String, heading: String, text: String, next: String
  ) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <title>\(title)</title>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <script>\(script)</script>
    <style>\(style)</style>
    </head>
    <body class="\(tone.rawValue)">
    <main>
    <header>
    <svg viewBox="0 0 48 48" aria-hidden="true">\(mark(tone))</svg>
    <p>xauth</p>
    </header>
    <h1>\(heading)</h1>
    <p class="text">\(text)</p>
    <section class="next" aria-labelledby="next">
    <h2 id="next">What to do now</h2>
    <p>\(next)</p>
    </section>
    </main>
    </body>
    </html>

    """
  }

  /// The mark tells the three tones apart without colour: a check, an exclamation mark, a cross.
  private static func mark(_ tone: Tone) -> String {
    let circle = #"<circle cx="24" cy="24" r="21.5"/>"#
    return switch tone {
    case .good: circle + #"<path d="M15 24.5l6.5 6.5L33.5 18"/>"#
    case .pause: circle + #"<path d="M24 13.5v13M24 33.4v.2"/>"#
    case .bad: circle + #"<path d="M17 17l14 14M31 17L17 31"/>"#
    }
  }
}
