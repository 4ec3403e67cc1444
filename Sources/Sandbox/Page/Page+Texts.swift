extension Page {
  /// The page where a person approves or denies. `id` ties the form to this very page: nobody else
  /// can send it (RFC 9700 §4.7, cross-site request forgery).
  static func consent(_ client: Client, _ asked: AuthorizationRequest, id: String) -> Page {
    let scopes = asked.scopes.map { "<li><code>\(escape($0))</code></li>" }.joined(separator: "\n")
    return Page(
      status: 200, title: "An app wants to access your account",
      content: """
        <dl>
        <dt>App</dt><dd><code>\(escape(client.id))</code></dd>
        <dt>Account</dt><dd>@sandbox</dd>
        <dt>Sends you back to</dt><dd><code>\(escape(asked.address.redirectURI))</code></dd>
        </dl>
        <h2>It asks for these scopes</h2>
        <ul class="scopes">
        \(scopes)
        </ul>
        <form method="post" action="/i/oauth2/authorize">
        <input type="hidden" name="consent" value="\(escape(id))">
        <button class="primary" name="decision" value="approve">Approve</button>
        <button name="decision" value="deny">Deny</button>
        </form>
        """)
  }

  /// X's words for a wrong client id or an unregistered redirect URI, and what to look at.
  static let accessNotGiven = Page(
    status: 400, title: "Something went wrong",
    content: """
      <p>You weren't able to give access to the App. Go back and try logging in again.</p>
      <p class="aside">X says no more than that, and never sends you back to the app. It means that
      the client id isn't registered, that the redirect URI isn't registered to the letter (scheme,
      host, port, path, trailing slash), or that the state is missing or longer than 500 characters.
      The <a href="/">start page</a> lists what is registered here.</p>
      """)

  /// The answer to a form that was used before, or that isn't from this run of the sandbox.
  static let staleConsent = Page(
    status: 403, title: "This page is no longer good",
    content: "<p>It was answered before, or the sandbox was started anew. Log in again.</p>")

  /// The answer to a path that isn't there.
  static let notFound = Page(
    status: 404, title: "Nothing here",
    content: #"<p>The <a href="/">start page</a> tells what there is.</p>"#)

  /// What the sandbox is and what is registered.
  static func home(_ client: Client) -> Page {
    let redirects = client.redirectURIs.map { "<li><code>\(escape($0))</code></li>" }
    let type = client.isConfidential ? "confidential, with a secret" : "public, without a secret"
    return Page(
      status: 200, title: "A stand-in for X's OAuth 2.0",
      content: """
        <dl>
        <dt>Client id</dt><dd><code>\(escape(client.id))</code></dd>
        <dt>Client type</dt><dd>\(type)</dd>
        <dt>Account</dt><dd>@sandbox</dd>
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
}
