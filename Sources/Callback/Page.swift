/// A page that the browser shows at the end of a login.
///
/// Pages are constants, but for an account's name and a few facts: they say what happened and repeat
/// nothing of the request. They work without network and script; the only script removes what is left
/// of the query from the address bar and the tab's history.
public struct Page: Sendable, Equatable {
  /// How it went: decides the colour and the mark.
  public enum Tone: String, Sendable { case good, pause, bad }

  private let tone: Tone
  private let heading: String
  private let text: String
  private let next: String
  private var facts = Facts()
  /// The HTTP status to send it with. Browsers show the page with any status; programs understand
  /// nothing else of it.
  public let status: Int

  init(tone: Tone, status: Int, heading: String, text: String, next: String) {
    (self.tone, self.status, self.heading) = (tone, status, heading)
    (self.text, self.next) = (text, next)
  }

  /// The title, as the browser's tab and history show it.
  public var title: String { "\(heading) · xauth" }

  /// The same page with `facts`. They are for the browser of the login alone: a page that anybody can
  /// fetch has none.
  public func with(_ facts: Facts) -> Page {
    var page = self
    page.facts = facts
    return page
  }

  /// What a browser may do with the page: show it with its one style and its icon, and run its one
  /// script. Style and script are named by their SHA-256 (CSP 3 §2.3.1), which a test recomputes.
  static let contentSecurityPolicy =
    "default-src 'none'; style-src 'sha256-\(styleHash)'; script-src 'sha256-\(scriptHash)'; "
    + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  static let scriptHash = "8A+3er73YJf04rRHGhbZwZQACPiiipi9EPduIeAAIDk="

  /// Removes the state from the address. The code is gone by then (see `CallbackListener.finish`), and
  /// the state is used; without it the address doesn't look as if something were still to come.
  static let script = #"history.replaceState(null,"",location.pathname)"#

  /// The whole document, in UTF-8.
  ///
  /// The title comes first so that the tab has it before the rest arrives; the charset needn't come
  /// first, because it is in the Content-Type.
  public var html: [UInt8] {
    Array(
      """
      <!doctype html>
      <html lang="en">
      <head>
      <title>\(Self.escaped(title))</title>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      \(Self.icon(tone))
      <script>\(Self.script)</script>
      <style>\(Self.style)</style>
      </head>
      <body class="\(tone.rawValue)">
      <main>
      \(Self.header(tone, name: "xauth"))
      <h1>\(Self.escaped(heading))</h1>
      <div class="text">
      <p>\(Self.escaped(text))</p>
      \(facts.list)</div>
      <section class="next" aria-labelledby="next">
      <h2 id="next">What to do now</h2>
      <p>\(Self.escaped(next))</p>
      </section>
      </main>
      </body>
      </html>

      """.utf8)
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

  /// The line above the heading: the mark of `tone`, and the `name` of the program that answers.
  public static func header(_ tone: Tone, name: String) -> String {
    """
    <header>
    <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21.5"/>\
    <path d="\(mark(tone))"/></svg>
    <p>\(name)</p>
    </header>
    """
  }

  /// The mark of `tone` for the browser's tab. What an address can't hold is encoded, its colon too, so
  /// that nothing in the page looks like an address on the network.
  public static func icon(_ tone: Tone) -> String {
    let color =
      switch tone {
      case .good: "18704a"
      case .pause: "8a5300"
      case .bad: "a92b2b"
      }
    let svg = """
      %3Csvg xmlns='http%3A//www.w3.org/2000/svg' viewBox='0 0 48 48'%3E%3Ccircle cx='24' cy='24' \
      r='23' fill='%23\(color)'/%3E%3Cpath d='\(mark(tone))' fill='none' stroke='%23fff' \
      stroke-width='5' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E
      """
    return #"<link rel="icon" href="data:image/svg+xml,\#(svg)">"#
  }

  /// The mark distinguishes the tones without colour: a check, an exclamation mark, a cross.
  private static func mark(_ tone: Tone) -> String {
    switch tone {
    case .good: "M15 24.5l6.5 6.5L33.5 18"
    case .pause: "M24 13.5v13M24 33.4v.2"
    case .bad: "M17 17l14 14M31 17L17 31"
    }
  }
}

extension Page {
  /// The tokens are saved.
  public static let signedIn = Page(
    tone: .good, status: 200,
    heading: "You’re signed in",
    text: "X gave access, and the new tokens are saved.",
    next: "Close this tab. The terminal says how to keep the tokens alive.")

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
        "Check the terminal: it names the account that is expected. Sign in to x.com with that "
        + "one, then start the login again.")
  }

  /// The user pressed Cancel.
  public static let denied = Page(
    tone: .pause, status: 403,
    heading: "You cancelled the login",
    text: "xauth got no access, and nothing was saved.",
    next: "Close this tab. To sign in after all, start the login again in the terminal.")

  /// X rejected the request: usually a setting is wrong.
  public static let refused = Page(
    tone: .bad, status: 403,
    heading: "X rejected the request",
    text: "X gave no access, and nothing was saved.",
    next: "Check the terminal: it shows what X said, and what to do about it.")

  /// X has a problem of its own.
  public static let unavailable = Page(
    tone: .pause, status: 503,
    heading: "X can’t sign you in right now",
    text: "X gave no access, and nothing was saved.",
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
    text: "You approved, but the tokens couldn’t be saved here, so xauth didn’t ask X for them.",
    next: "Check the terminal and fix what it names. Then start the login again.")

  /// X gave a code, but exchanging it brought no tokens.
  public static let exchangeFailed = Page(
    tone: .bad, status: 502,
    heading: "The login didn’t finish",
    text: "You approved, but xauth then got no usable tokens from X. Nothing was saved.",
    next: "Check the terminal: it says what went wrong, and what to do about it.")

  /// The tokens are in the recovery file until the next run saves them.
  public static let couldNotSave = Page(
    tone: .bad, status: 500,
    heading: "Signed in, but not saved",
    text: "The new tokens couldn’t be written to the project’s file. "
      + "They are not lost: a recovery file keeps them.",
    next: "Don’t log in again. Check the terminal and fix what it names: "
      + "the next run saves them.")

  /// The file got other tokens meanwhile, so these stay in the recovery file: no later run saves them.
  public static let keptAside = Page(
    tone: .bad, status: 500,
    heading: "Signed in, but not put in place",
    text: "The project’s file was left as it is. "
      + "Your new tokens are in a recovery file, until the next renewal.",
    next: "Check the terminal: it names the recovery file. "
      + "If your login should count instead, log in again.")

  /// The tokens couldn't be written anywhere.
  public static let lost = Page(
    tone: .bad, status: 500,
    heading: "Signed in, but the tokens are lost",
    text: "The new tokens couldn’t be written anywhere. "
      + "Those of an earlier login may have stopped working as well.",
    next: "Check the terminal, and fix what it says is wrong with the disk. Then log in again.")

  /// The login's time ran out before the browser came back.
  public static let tooLate = Page(
    tone: .pause, status: 410,
    heading: "This login has expired",
    text: "Its time ran out before you came back from X. Nothing was saved.",
    next: "Start the login again in the terminal.")

  /// Every page with a name, for tests and previews.
  public static let all: [(name: String, page: Page)] =
    [
      ("signed-in", signedIn.with(Facts(account: "devrel", file: example))),
      ("confirm", confirm("devrel").with(Facts(file: example))),
      ("other-account", otherAccount("devrel").with(Facts(file: example))),
      (
        "other-account-renewed",
        otherAccount("devrel", isRenewed: true).with(Facts(file: example))
      ),
      ("denied", denied.with(Facts(file: example))),
      ("refused", failed(refused, .scopes)), ("unavailable", failed(unavailable, .ownFault)),
      ("not-this-login", notThisLogin), ("opened-twice", openedTwice),
      ("not-exchanged", failed(notExchanged, .diskFull)),
      ("exchange-failed", failed(exchangeFailed, .client)),
      ("could-not-save", failed(couldNotSave, .notWritable)),
      ("kept-aside", failed(keptAside, .changed)), ("lost", failed(lost, .diskFull)),
      ("too-late", tooLate.with(Facts(file: example))),
    ]

  private static let example = "/home/jane/projects/weekly-bookmarks/.env"

  private static func failed(_ page: Page, _ reason: Reason) -> Page {
    page.with(Facts(file: example, reason: reason))
  }
}
