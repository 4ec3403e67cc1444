/// A page that the browser shows at the end of a login.
///
/// Pages are constants, but for an account's name: they say what happened and repeat nothing of the
/// request. They work without network and script; the only script removes what is left of the query
/// from the address bar and the tab's history.
public struct Page: Sendable, Equatable {
  /// How it went: decides the colour and the mark.
  enum Tone: String { case good, pause, bad }

  /// The title, as the browser's tab and history show it.
  public let title: String
  /// The HTTP status to send it with. Browsers show the page with any status; programs understand
  /// nothing else of it.
  public let status: Int
  /// The whole document, in UTF-8.
  public let html: [UInt8]

  init(tone: Tone, status: Int, heading: String, text: String, next: String) {
    title = "\(heading) · xauth"
    self.status = status
    html = Array(
      Self.document(
        tone: tone, title: Self.escaped(title), heading: Self.escaped(heading),
        text: Self.escaped(text), next: Self.escaped(next)
      ).utf8)
  }

  /// What a browser may do with the page: show it with its one style, and run its one script. Both
  /// are named by their SHA-256 (CSP 3 §2.3.1), which a test recomputes.
  static let contentSecurityPolicy =
    "default-src 'none'; style-src 'sha256-\(styleHash)'; script-src 'sha256-\(scriptHash)'; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  static let scriptHash = "8A+3er73YJf04rRHGhbZwZQACPiiipi9EPduIeAAIDk="

  /// Removes the state from the address. The code is gone by then (see `CallbackListener.finish`), and
  /// the state is used; without it the address doesn't look as if something were still to come.
  static let script = #"history.replaceState(null,"",location.pathname)"#

  // The title comes first so that the tab has it before the rest arrives; the charset needn't come
  // first, because it is in the Content-Type.
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

  /// `text` as HTML.
  static func escaped(_ text: String) -> String {
    // By scalars: to Swift, a `<` with a combining mark behind it is another character than a `<`.
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }

  /// The mark distinguishes the tones without colour: a check, an exclamation mark, a cross.
  private static func mark(_ tone: Tone) -> String {
    let circle = #"<circle cx="24" cy="24" r="21.5"/>"#
    return switch tone {
    case .good: circle + #"<path d="M15 24.5l6.5 6.5L33.5 18"/>"#
    case .pause: circle + #"<path d="M24 13.5v13M24 33.4v.2"/>"#
    case .bad: circle + #"<path d="M17 17l14 14M31 17L17 31"/>"#
    }
  }
}

extension Page {
  /// The tokens are saved.
  public static let signedIn = Page(
    tone: .good, status: 200,
    heading: "You’re signed in",
    text: "X gave access, and the new tokens are saved.",
    next: "Close this tab and go back to the terminal.")

  /// The tokens are kept, and the user is asked in the terminal. `account` is what X calls it;
  /// nil where X doesn't say.
  public static func confirm(_ account: String?) -> Page {
    Page(
      tone: .pause, status: 202,
      heading: "Signed in\(account.map { " as @\($0)" } ?? ""): confirm in the terminal",
      text: account == nil
        ? "X doesn’t say which account this is. Nothing is saved yet."
        : "The project holds another account’s tokens. Nothing is replaced yet.",
      next: "Go back to the terminal and answer its question.")
  }

  /// Another account signed in than the one that was wanted. `isRenewed`: its tokens are those that the
  /// project held, and were renewed.
  public static func otherAccount(_ account: String?, isRenewed: Bool = false) -> Page {
    Page(
      tone: .bad, status: 403,
      heading: account.map {
        "Signed in as @\($0), \(isRenewed ? "not the account you wanted" : "the wrong account")"
      }
        ?? "X doesn’t say who signed in",
      text: isRenewed
        ? "The project held this account’s tokens. They have been renewed."
        : "Nothing was saved. The terminal says what became of the new tokens.",
      next:
        "Go back to the terminal: it says which account is expected. Sign in to x.com with that "
        + "one, then start the login again.")
  }

  /// The user pressed Cancel.
  public static let denied = Page(
    tone: .pause, status: 403,
    heading: "X didn’t give access",
    text: "Access was cancelled on X’s page. Nothing was saved.",
    next: "If that was your decision, close this tab. "
      + "If it wasn’t, start the login again in the terminal.")

  /// X rejected the request: usually a setting is wrong.
  public static let refused = Page(
    tone: .bad, status: 403,
    heading: "X turned the request down",
    text: "X didn’t accept what was asked for, so there was no access to give. Nothing was saved.",
    next: "Go back to the terminal: it shows the reason that X gave, and what to do about it.")

  /// X has a problem of its own.
  public static let unavailable = Page(
    tone: .pause, status: 503,
    heading: "X can’t sign you in right now",
    text: "X reports a problem of its own, so it gave no access. Nothing was saved.",
    next: "Wait a few minutes, then start the login again in the terminal.")

  /// The state isn't this login's: an older tab, or this one reloaded.
  public static let notThisLogin = Page(
    tone: .pause, status: 400,
    heading: "This is not the login in progress",
    text: "This page belongs to an earlier login, or it was loaded a second time. "
      + "It changed nothing.",
    next: "Check the terminal. If it is still waiting, close this tab and use the newest login.")

  /// A second browser came to the start address.
  public static let openedTwice = Page(
    tone: .pause, status: 409,
    heading: "This login is open in another browser",
    text: "Only the first browser that opens this address can sign in, and that wasn’t this one.",
    next: "Continue in the other browser, or press Enter in the terminal for another address. "
      + "If you didn’t open it there, press Ctrl-C and log in again: "
      + "somebody else on this machine may have been faster.")

  /// X gave a code that wasn't exchanged, because the tokens couldn't have been saved.
  public static let notExchanged = Page(
    tone: .bad, status: 500,
    heading: "The login stopped halfway",
    text: "You gave access at X, but tokens couldn’t be saved here, so none were asked for.",
    next: "Go back to the terminal: it says what is in the way. "
      + "Once that is gone, start the login again.")

  /// X gave a code, but exchanging it brought no tokens.
  public static let exchangeFailed = Page(
    tone: .bad, status: 502,
    heading: "The login didn’t finish",
    text: "You gave access at X, but no usable tokens came of it. Nothing was saved.",
    next: "Go back to the terminal: it says what went wrong, and what to do about it.")

  /// The tokens are in the recovery file until the next run saves them.
  public static let couldNotSave = Page(
    tone: .bad, status: 500,
    heading: "Signed in, but not saved",
    text: "X gave access, but the new tokens couldn’t be written where they belong. "
      + "They are not lost: a recovery file keeps them.",
    next: "Don’t log in again. Go back to the terminal: it says what is in the way. "
      + "Once that is gone, the next run saves them.")

  /// The file got other tokens meanwhile, so these stay in the recovery file: no later run saves them.
  public static let keptAside = Page(
    tone: .bad, status: 500,
    heading: "Signed in, but not put in place",
    text: "While X answered, somebody else changed the tokens in the file. That was left as it is. "
      + "Your new tokens are in a recovery file, until the next renewal.",
    next: "Go back to the terminal: it names the recovery file. "
      + "If your login should count instead, log in again.")

  /// The tokens couldn't be written anywhere.
  public static let lost = Page(
    tone: .bad, status: 500,
    heading: "Signed in, but the tokens are lost",
    text: "X gave access, but the new tokens couldn’t be written anywhere. "
      + "Those of an earlier login may have stopped working as well.",
    next: "Go back to the terminal: it says what is wrong with the disk. "
      + "Fix that, then log in again.")

  /// The login's time ran out before the browser came back.
  public static let tooLate = Page(
    tone: .pause, status: 410,
    heading: "This login is already over",
    text: "Its time ran out before you came back from X. Nothing was saved.",
    next: "Go back to the terminal, and start the login again.")

  /// Every page with a name, for tests and previews.
  public static let all: [(name: String, page: Page)] = [
    ("signed-in", signedIn), ("confirm", confirm("b<&>")),
    ("other-account", otherAccount("b<&>")),
    ("other-account-renewed", otherAccount("b<&>", isRenewed: true)), ("denied", denied),
    ("refused", refused),
    ("unavailable", unavailable), ("not-this-login", notThisLogin), ("opened-twice", openedTwice),
    ("not-exchanged", notExchanged), ("exchange-failed", exchangeFailed),
    ("could-not-save", couldNotSave), ("kept-aside", keptAside), ("lost", lost),
    ("too-late", tooLate),
  ]
}
