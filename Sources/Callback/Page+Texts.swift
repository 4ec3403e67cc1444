extension Page {
  /// The tokens are saved.
  public static let signedIn = Page(
    tone: .good,
    heading: "You’re signed in",
    text: "X gave access, and the new tokens are saved.",
    next: "Close this tab and go back to the terminal.")

  /// X came back with an error: somebody pressed Cancel, or X turned the request down.
  public static let refused = Page(
    tone: .pause,
    heading: "X didn’t give access",
    text: "The request was cancelled on X’s page, or X turned it down. Nothing was saved.",
    next: "Go back to the terminal: it shows the reason that X gave. "
      + "If you pressed Cancel by mistake, start the login there again.")

  /// The state isn't this login's.
  public static let notThisLogin = Page(
    tone: .pause,
    heading: "This is not the login in progress",
    text: "This page belongs to another login, most likely an earlier one. "
      + "It changed nothing, and the login in the terminal is still waiting.",
    next: "Close this tab, and open the newest address that the terminal shows.")

  /// X gave a code, and no tokens came of it.
  public static let exchangeFailed = Page(
    tone: .bad,
    heading: "The login didn’t finish",
    text: "You gave access at X, but no tokens could be fetched with it. Nothing was saved.",
    next: "Go back to the terminal: it says what went wrong, and what to do about it.")

  /// The tokens came, and are in the recovery file only.
  public static let couldNotSave = Page(
    tone: .bad,
    heading: "Signed in, but not saved",
    text: "X gave access, but the new tokens couldn’t be written where they belong. "
      + "They are not lost: a recovery file keeps them.",
    next: "Don’t log in again yet. Go back to the terminal: "
      + "it names the recovery file and says how to put the tokens in their place.")

  /// The login ended before the browser came back: its time ran out, or it was stopped.
  public static let tooLate = Page(
    tone: .pause,
    heading: "This login is already over",
    text: "Its time ran out, or it was stopped, before you came back from X. Nothing was saved.",
    next: "Go back to the terminal, and start the login again.")

  /// Every page with a name, for tests and for people who want to look at them.
  public static let all: [(name: String, page: Page)] = [
    ("signed-in", signedIn), ("refused", refused), ("not-this-login", notThisLogin),
    ("exchange-failed", exchangeFailed), ("could-not-save", couldNotSave), ("too-late", tooLate),
  ]
}
