import Callback

/// A page of the sandbox, in the style of xauth's own. Each says that this isn't X; nothing of a
/// request gets in unescaped.
struct SandboxPage {
  let status: Int
  let title: String
  /// HTML, complete and escaped.
  let content: String

  /// The page where the user approves or denies. `id` ties the form to this page, so that another
  /// site can't submit it (cross-site request forgery, RFC 9700 §4.7).
  static func consent(_ client: Client, _ request: AuthorizationRequest, id: String) -> SandboxPage
  {
    let scopes = request.scopes.map { "<li><code>\(escape($0))</code></li>" }
    return SandboxPage(
      status: 200, title: "An app wants to access your account",
      content: """
        <dl>
        <dt>App</dt><dd><code>\(escape(client.id))</code></dd>
        <dt>Account</dt><dd>@\(escape(request.account))</dd>
        <dt>Sends you back to</dt><dd><code>\(escape(request.address.redirectURI))</code></dd>
        </dl>
        <h2>It asks for these scopes</h2>
        <ul class="scopes">
        \(scopes.joined(separator: "\n"))
        </ul>
        <form method="post" action="/i/oauth2/authorize">
        <input type="hidden" name="consent" value="\(escape(id))">
        <button class="primary" name="decision" value="approve">Approve</button>
        <button name="decision" value="deny">Deny</button>
        </form>
        """)
  }

  /// X's words for a wrong client id or an unregistered redirect URI, and what to check.
  static let accessNotGiven = SandboxPage(
    status: 400, title: "Something went wrong",
    content: """
      <p>You weren't able to give access to the App. Go back and try logging in again.</p>
      <p>X says only this, and never sends you back to the app. It means that the client id
      isn't registered, that the redirect URI isn't registered exactly (scheme, host, port, path,
      trailing slash), or that the state is missing or longer than 500 characters. The
      <a href="/">start page</a> lists what is registered here.</p>
      """)

  /// The answer to a form that was used before, or that isn't from this run of the sandbox.
  static let staleConsent = SandboxPage(
    status: 403, title: "This page is no longer valid",
    content: "<p>It was answered before, or the sandbox was restarted. Log in again.</p>")

  /// The answer to a path that isn't there.
  static let notFound = SandboxPage(
    status: 404, title: "Nothing here",
    content: #"<p>The <a href="/">start page</a> lists the routes.</p>"#)

  /// What the sandbox is and what is registered.
  static func home(_ client: Client) -> SandboxPage {
    let redirects = client.redirectURIs.map { "<li><code>\(escape($0))</code></li>" }
    let type = client.isConfidential ? "confidential, with a secret" : "public, without a secret"
    return SandboxPage(
      status: 200, title: "A stand-in for X's OAuth 2.0",
      content: """
        <dl>
        <dt>Client id</dt><dd><code>\(escape(client.id))</code></dd>
        <dt>Client type</dt><dd>\(type)</dd>
        <dt>Account</dt><dd>@\(Request.standardAccount)</dd>
        </dl>
        <h2>Registered redirect URIs</h2>
        <ul>
        \(redirects.joined(separator: "\n"))
        </ul>
        <h2>Routes</h2>
        <ul>
        \(Route.allCases.map { "<li><code>\($0.rawValue)</code></li>" }.joined(separator: "\n"))
        </ul>
        """)
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
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="/style.css">
      </head>
      <body class="pause">
      <main>
      <p class="notice"><strong>Sandbox.</strong> This is not X: it is a stand-in on your own
      machine. No real account, no real tokens.</p>
      <h1>\(Self.escape(title))</h1>
      <div class="text">
      \(content)
      </div>
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
      h2{margin-top:1.35rem}
      p + p{margin-top:.9rem}
      dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}
      dd,li{color:var(--ink);overflow-wrap:anywhere}
      code{font:.85em ui-monospace,monospace}
      ul{padding-left:1.2rem}
      .scopes{display:flex;flex-wrap:wrap;gap:.4rem;padding:0;list-style:none}
      .scopes li{padding:.1rem .6rem;border:1px solid var(--line);border-radius:1rem}
      a{color:var(--tone)}
      form{display:flex;gap:.75rem;margin-top:1.75rem}
      button{flex:1;padding:.65rem 1rem;font:inherit;font-weight:600;color:var(--tone);\
      background:transparent;border:1px solid var(--tone);border-radius:.5rem;cursor:pointer}
      .primary{background:var(--tone);color:var(--card)}
      button:focus-visible,a:focus-visible{outline:3px solid var(--tone);outline-offset:2px}
      @media (max-width:38rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}

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
