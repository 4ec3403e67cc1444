import CommandTable
import OAuth

/// Why a host that follows another one has no token from it.
enum FollowFailure: Sendable, Equatable {
  /// This host holds a grant of its own: in a file, or (nil) in the environment.
  case refreshTokenHere(path: String?)
  case loginHere
  case revocationHere
  /// The command ended so, and said this on its standard error.
  case failed(ProgramOutcome.End, said: String)
  case cannotStart(errno: Int32)
  case tooMuch(limit: Int)
  /// It didn't print this value.
  case missing(SettingName)
  /// It printed a value that can't be one.
  case unusable(SettingName, reason: String)
  /// It printed a token that had expired by then, in seconds since 1970.
  case expired(at: Int, now: Int)
  /// It printed an expiry that lies further ahead than a token can live.
  case impossibleExpiry
  /// Its token is valid for so many seconds, and more are needed.
  case tooShort(left: Int, needed: Int)

  /// The table.
  var report: FailureReport {
    switch self {
    case .refreshTokenHere(let path?):
      FailureReport(
        "follower_has_grant", .settings,
        "this host follows another one, and \(path) holds a refresh token of its own",
        hint: "clear that with \(call: "revoke --local"), or take X_OAUTH2_STORE away")
    case .refreshTokenHere(nil):
      FailureReport(
        "follower_has_grant", .settings,
        "this host follows another one, and the environment holds a refresh token of its own",
        hint: "unset X_OAUTH2_REFRESH_TOKEN, or X_OAUTH2_STORE")
    case .loginHere:
      FailureReport(
        "follower_login", .settings,
        "this host follows another one: a login here would end the tokens of that one",
        hint: "log in over there; to log in here, take X_OAUTH2_STORE away first")
    case .revocationHere:
      FailureReport(
        "follower_revocation", .settings,
        "this host follows another one: only that one can revoke the tokens",
        hint: "revoke them over there; \(call: "revoke --local") clears the copy here")
    case .failed(let end, let said):
      FailureReport(
        "follow_failed", end.isNoProgram ? .settings : .temporary,
        "the command of X_OAUTH2_STORE \(end.phrase(limit: FollowedCommand.limit))"
          + (said.isEmpty ? "" : ": \"\(sanitized(said, limit: 300))\""),
        hint: end.isNoProgram
          ? "correct the program's name, or give its whole path: cron's PATH is short"
          : "run that command by hand to see what is wrong")
    case .cannotStart(let errno):
      FailureReport(
        "follow_not_started", .settings,
        "the command of X_OAUTH2_STORE can't be started (\(systemText(errno)))",
        hint: "it is run by \(HookCommand.shell), which has to be there")
    case .tooMuch(let limit):
      FailureReport(
        "follow_too_much", .settings,
        "the command of X_OAUTH2_STORE printed more than \(limit / 1024) KiB", hint: Self.example)
    case .missing(let name):
      FailureReport(
        "follow_incomplete", .settings,
        "the command of X_OAUTH2_STORE printed no \(name.rawValue)", hint: Self.example)
    case .unusable(let name, let reason):
      FailureReport(
        "follow_unusable", .settings,
        "\(name.rawValue), as the command of X_OAUTH2_STORE printed it, \(reason)",
        hint: Self.example)
    case .expired(let end, let now):
      FailureReport(
        "follow_expired", .temporary,
        "the host that is followed has an access token that expired at \(Times.local(end, now: now))",
        hint: Self.renewsThere)
    case .impossibleExpiry:
      FailureReport(
        "follow_clock", .settings,
        "the host that is followed has an access token that expires later than it can live",
        hint: "set the clock, here or there")
    case .tooShort(let left, let needed):
      FailureReport(
        "follow_too_short", .temporary,
        "the host that is followed has an access token for \(Spans.words(left)) more, and \(Spans.words(needed)) are needed",
        hint: Self.renewsThere)
    }
  }

  private static let example: Hint =
    "have it print these values as dotenv; \(call: "help fleet") shows how"
  private static let renewsThere: Hint =
    "have export renew it over there, with --min-validity; \(call: "help fleet") shows how"
}

extension ProgramOutcome.End {
  /// Whether a shell found no program, or one that it can't run (POSIX XCU 2.8.2).
  fileprivate var isNoProgram: Bool { self == .exited(126) || self == .exited(127) }
}
