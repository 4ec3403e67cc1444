import Callback

/// A page of the sandbox, in the style of xauth's own. Each says that this isn't X; nothing of a
/// request gets in unescaped.
struct SandboxPage {
  let status: Int
  let title: String
  /// HTML, complete and escaped.
  let content: String
  /// What to do next: its heading and HTML.
  let next: (heading: String, content: String)

  /// The page where the user approves or denies. `id` ties the form to this page, so that another
  /// site can't submit it (cross-site request forgery, RFC 9700 §4.7).
  static func consent(_ client: Client, _ request: AuthorizationRequest, id: String) -> SandboxPage
  {
    let scopes = request.scopes.map { scope in
      "<dt><code>\(escape(scope))</code></dt><dd>\(escape(ScopeMeaning.of(scope)))</dd>"
    }
    return SandboxPage(
      status: 200, title: "An app wants to access your account",
      content: """
        <dl>
        <dt>App</dt><dd><code>\(escape(client.id))</code></dd>
        <dt>Account</dt><dd>@\(escape(request.account))</dd>
        <dt>Sends back to</dt><dd><code>\(escape(request.address.redirectURI))</code></dd>
        </dl>
        <h2>What it could do</h2>
        <dl>
        \(scopes.joined(separator: "\n"))
        </dl>
        """,
      next: (
        "Your decision",
        """
        <form method="post" action="\(Route.authorize.rawValue)">
        <input type="hidden" name="consent" value="\(escape(id))">
        <button class="primary" name="decision" value="approve">Approve</button>
        <button name="decision" value="deny">Deny</button>
        </form>
        """
      ))
  }

  /// X's words for a request that it can't send back to the app, and why, which X doesn't say.
  static func accessNotGiven(_ cause: AccessNotGiven) -> SandboxPage {
    let sent = cause.sent.map { "<code>\(escape($0))</code>" } ?? "nothing"
    let registered = cause.registered.map { "<code>\(escape($0))</code>" }
    return SandboxPage(
      status: 400, title: "Something went wrong",
      content: """
        <p>You weren't able to give access to the App. Go back and try logging in again.</p>
        <dl>
        <dt>Reason</dt><dd>\(escape(cause.reason))</dd>
        <dt>Sent</dt><dd>\(sent)</dd>
        \(registered.isEmpty ? "" : "<dt>Registered</dt><dd>\(registered.joined(separator: "<br>"))</dd>")
        </dl>
        """,
      next: (
        "What to do now",
        """
        <p>Correct the <code>.env</code> as the <a href="/">start page</a> shows, then log in again. X
        doesn't tell the reason, and doesn't send you back to the app either.</p>
        """
      ))
  }

  /// The answer to a form that was used before, or that isn't from this run of the sandbox.
  static let staleConsent = SandboxPage(
    status: 403, title: "This page is no longer valid",
    content: "<p>It was answered before, or the sandbox was restarted.</p>",
    next: ("What to do now", "<p>Close this tab, and log in again.</p>"))

  /// The answer to a path that isn't there.
  static let notFound = SandboxPage(
    status: 404, title: "Nothing here",
    content: "<p>The sandbox doesn't answer at this address.</p>",
    next: ("What to do now", #"<p>The <a href="/">start page</a> lists what it answers.</p>"#))

  /// What the sandbox is and what is registered. `settings`: the lines of a `.env` for it.
  static func home(_ client: Client, settings: String) -> SandboxPage {
    let redirects = client.redirectURIs.map { "<code>\(escape($0))</code>" }
    let type = client.isConfidential ? "confidential, with a secret" : "public, without a secret"
    let routes = Route.allCases.map { "<code>\($0.rawValue)</code>" }
    return SandboxPage(
      status: 200, title: "A stand-in for X's OAuth 2.0",
      content: """
        <dl>
        <dt>Client ID</dt><dd><code>\(escape(client.id))</code></dd>
        <dt>Client type</dt><dd>\(type)</dd>
        <dt>Account</dt><dd>@\(Request.standardAccount)</dd>
        <dt>Redirect URIs</dt><dd>\(redirects.joined(separator: "<br>"))</dd>
        <dt>Answers</dt><dd>\(routes.joined(separator: "<br>"))</dd>
        </dl>
        """,
      next: (
        "Use it",
        """
        <p>Copy these lines into a <code>.env</code>, then log in there:</p>
        <pre>\(escape(settings))</pre>
        """
      ))
  }

  /// The page as a response.
  var response: Response {
    let html = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(Self.escape(title)) · xauth-sandbox</title>
      \(Page.icon(.pause))
      <link rel="stylesheet" href="/style.css">
      </head>
      <body class="pause">
      <main>
      <p class="notice"><strong>Sandbox.</strong> This is not X: it is a stand-in on your own
      machine. No real account, no real tokens.</p>
      \(Page.header(.pause, name: "xauth-sandbox"))
      <h1>\(Self.escape(title))</h1>
      <div class="text">
      \(content)
      </div>
      <section class="next" aria-labelledby="next">
      <h2 id="next">\(next.heading)</h2>
      \(next.content)
      </section>
      </main>
      </body>
      </html>

      """
    return Response(
      status: status,
      headers: [
        HeaderField("Content-Type", "text/html; charset=utf-8"),
        HeaderField("Cache-Control", "no-store"),
        HeaderField("Referrer-Policy", "no-referrer"),
        HeaderField("X-Content-Type-Options", "nosniff"),
        // No form-action: browsers also apply it to the redirect after the form, which goes to the
        // client's own address.
        HeaderField(
          "Content-Security-Policy",
          "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
            + "frame-ancestors 'none'"),
      ], body: Array(html.utf8))
  }

  /// `GET /style.css`: the style of xauth's pages, and what forms and lists need.
  static let stylesheet = Response(
    status: 200,
    headers: [
      HeaderField("Content-Type", "text/css; charset=utf-8"),
      HeaderField("Cache-Control", "no-store"),
      HeaderField("X-Content-Type-Options", "nosniff"),
    ],
    body: Array(
      """
      \(Page.style)
      .notice{padding:.8rem var(--edge);background:var(--wash);border-bottom:1px solid var(--line)}
      .text h2{margin-top:1.35rem}
      dl + h2 + dl{margin-top:.6rem}
      pre{margin-top:.6rem;padding:.7rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere;\
      color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:.5rem;\
      font:.8em/1.5 ui-monospace,monospace}
      a{color:var(--tone)}
      form{display:flex;gap:.75rem;margin-top:.5rem}
      button{flex:1;padding:.65rem 1rem;font:inherit;font-weight:600;color:var(--tone);\
      background:transparent;border:1px solid var(--tone);border-radius:.5rem;cursor:pointer}
      .primary{background:var(--tone);color:var(--card)}
      button:focus-visible,a:focus-visible{outline:3px solid var(--tone);outline-offset:2px}

      """.utf8))

  /// `text` as HTML text or as a quoted attribute's value.
  private static func escape(_ text: String) -> String {
    // By scalars: to Swift, a `<` with a combining mark behind it is another character than a `<`.
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }
}
