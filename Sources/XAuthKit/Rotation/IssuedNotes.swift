import DotEnv
import OAuth

/// What a person should know about the tokens that came.
struct IssuedNotes: Sendable, Equatable {
  /// The server didn't say how long the access token lives.
  let lifetimeIsAssumed: Bool
  /// The refresh token came alone.
  let lacksAccessToken: Bool
  /// Seconds the access token lives.
  let lifetime: Int
  /// Whether every program reads the tokens from a `.env` alike: all of RFC 6750's are read so.
  let arePortable: Bool

  init(_ issued: IssuedTokens) {
    lacksAccessToken = issued.accessToken == nil
    lifetimeIsAssumed = issued.lifetimeIsAssumed && !lacksAccessToken
    lifetime = issued.lifetime
    arePortable = [issued.accessToken, issued.refreshToken].compactMap(\.self).allSatisfy {
      DotEnvChange(SettingName.accessToken.rawValue, $0.reveal(), origin: .server).isPortable
    }
  }

  /// What isn't as it should be with them.
  var words: [String] {
    (lifetimeIsAssumed
      ? ["X did not say how long the access token lives; two hours are assumed"] : [])
      + (arePortable
        ? []
        : ["a token has quotes or backslashes that programs read in different ways from a .env"])
  }

  /// Says it, and that what is wanted of a token can't be had.
  func warn(_ console: Console, need: Rotation.Need) {
    for words in words { console.warn(words) }
    if !lacksAccessToken, lifetime < need.validity {
      console.warn(
        "the new token lives only \(Spans.words(lifetime)), less than --min-validity",
        hint: "every run will renew it; ask for less with --min-validity")
    }
  }
}
