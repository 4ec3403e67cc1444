extension Page {
  /// The tokens are saved.
  public static let signedIn = Page(
    tone: .good, status: 200,
    heading: "You’re signed in",
    text: "X gave access, and the new tokens are saved.",
    next: "Close this tab and go back to the terminal.")

  /// Somebody pressed Cancel.
  public static let denied = Page(
    tone: .pause, status: 403,
    heading: "X didn’t give access",
    text: "Access was cancelled on X’s page. Nothing was saved.",
    next: "If that was your decision, close this tab. "
      + "If it wasn’t, start the login again in the terminal.")

  /// X turned the request down: a setting is wrong, as a rule.
  public static let refused = Page(
    tone: .bad, status: 403,
    heading: "X turned the request down",
    text: "X didn’t accept what was asked for, so there was no access to give. Nothing was saved.",
    next: "Go back to the terminal: it shows the reason that X gave, and what to do about it.")

  /// X is in trouble.
  public static let unavailable = Page(
    tone: .pause, status: 503,
    heading: "X can’t sign you in right now",
    text: "X reports a problem of its own, so it gave no access. Nothing was saved.",
    next: "Wait a few minutes, then start the login again in the terminal.")

  /// The state isn't this login's: an older tab, or this one loaded again.
  public static let notThisLogin = Page(
    tone: .pause, status: 400,
    heading: "This is not the login in progress",
    text: "This page belongs to an earlier login, or it was loaded a second time. "
      + "It changed nothing.",
    next: "Go by what the terminal says. If it is still waiting, close this tab, "
      + "and open the newest address that it shows.")

  /// X gave a code that was never sent back: what came of it could not have been saved.
  public static let notExchanged = Page(
    tone: .bad, status: 500,
    heading: "The login stopped halfway",
    text: "You gave access at X, but tokens couldn’t be saved here, so none were asked for.",
    next: "Go back to the terminal: it says what is in the way. "
      + "Once that is gone, start the login again.")

  /// X gave a code, and no tokens came of it.
  public static let exchangeFailed = Page(
    tone: .bad, status: 502,
    heading: "The login didn’t finish",
    text: "You gave access at X, but no usable tokens came of it. Nothing was saved.",
    next: "Go back to the terminal: it says what went wrong, and what to do about it.")

  /// The tokens came, and are in the recovery file until the next run puts them where they belong.
  public static let couldNotSave = Page(
    tone: .bad, status: 500,
    heading: "Signed in, but not saved",
    text: "X gave access, but the new tokens couldn’t be written where they belong. "
      + "They are not lost: a recovery file keeps them.",
    next: "Don’t log in again. Go back to the terminal: it says what is in the way. "
      + "Once that is gone, the next run saves them.")

  /// The tokens came, and the file has got others meanwhile: no later run puts these in their place.
  public static let keptAside = Page(
    tone: .bad, status: 500,
    heading: "Signed in, but not put in place",
    text: "While X answered, somebody else changed the tokens in the file. That was left as it is. "
      + "Your new tokens are in a recovery file, until the next renewal.",
    next: "Go back to the terminal: it names the recovery file. "
      + "If your login should count instead, log in again.")

  /// The tokens came, and the disk took them nowhere.
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

  /// Every page with a name, for tests and for people who want to look at them.
  public static let all: [(name: String, page: Page)] = [
    ("signed-in", signedIn), ("denied", denied), ("refused", refused),
    ("unavailable", unavailable), ("not-this-login", notThisLogin),
    ("not-exchanged", notExchanged), ("exchange-failed", exchangeFailed),
    ("could-not-save", couldNotSave), ("kept-aside", keptAside), ("lost", lost),
    ("too-late", tooLate),
  ]
}
