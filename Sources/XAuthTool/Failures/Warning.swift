import CommandTable
import OAuth

/// Something that stops nothing now but will cause trouble later, and what to do about it.
struct Warning: Sendable, Equatable {
  /// What was found, in one line.
  let message: String
  /// What to do about it, in one line.
  let cure: Hint

  private init(_ message: String, cure: Hint) {
    self.message = message
    self.cure = cure
  }
}

// The table. Several commands come across the same facts; they use the same text.

extension Warning {
  /// The tokens would be published.
  static func gitWouldCommit(_ path: String) -> Warning {
    Warning("git would commit \(path), and the tokens in it", cure: "add it to .gitignore")
  }

  /// The tokens would be published even if .gitignore lists the file, because git already tracks it.
  static func gitTracks(_ path: String) -> Warning {
    Warning(
      "git tracks \(path), and would commit the tokens in it",
      cure: """
        run `git rm --cached \(ShellWord.path(path))` and add it to .gitignore; if it was \
        pushed, \(call: "revoke")
        """)
  }

  /// It is unknown whether the tokens would be published.
  static func gitNotAsked(_ path: String, _ reason: String) -> Warning {
    let name = path.split(separator: "/").last ?? ""
    return Warning(
      "git could not be asked about \(path): \(reason)",
      cure: "make sure that .gitignore lists \(name) and \(name).xauth")
  }

  /// An image built in `folder`, which others may pull, can contain the files `names`: the file `rules`
  /// there doesn't exclude them.
  static func imageCanHold(_ names: [String], rules: String, in folder: String) -> Warning {
    let list = names.joined(separator: " and ")
    let path = folder == "/" ? "/\(rules)" : "\(folder)/\(rules)"
    return Warning(
      "container images built in \(folder) can contain the tokens in \(list)",
      cure: "add \(list) to \(path)")
  }

  /// Users other than its owner may read the file, or write to it.
  ///
  /// - Parameter cure: what to do where its mode can't be changed.
  static func openToOthers(_ path: String, mode: UInt32, cure: Hint? = nil) -> Warning {
    Warning(
      "others on this machine can reach \(path) (mode 0\(String(mode, radix: 8)))",
      cure: cure ?? "`chmod 600 \(ShellWord.path(path))`")
  }

  /// The file's mode was changed, to no effect.
  static func staysOpenToOthers(_ path: String, mode: UInt32) -> Warning {
    Warning(
      "\(path) keeps mode 0\(String(mode, radix: 8)): its mount lets nobody change that",
      cure: "keep the tokens in another file system: --env-file PATH")
  }

  /// The same on a drive that gives every file the same mode.
  static func modesAreInvented(_ path: String, by fileSystem: String) -> Warning {
    Warning(
      "others on this machine can reach \(path): everything is mode 0777 on this \(fileSystem) mount",
      cure: "keep the file in your home folder, or mount the drive with umask=077; chmod won't do")
  }

  /// Two runs could send the same refresh token.
  static func mayHideLocks(_ fileSystem: String, _ path: String) -> Warning {
    Warning(
      "\(path) is on \(fileSystem): others who reach it by another way may not see a lock on it",
      cure: "renew it from one side only, or keep it on a local disk")
  }

  /// Two programs end each other's tokens.
  static func sharedWithXurl(_ path: String) -> Warning {
    Warning(
      "\(path) has the same CLIENT_ID: a login here ends xurl's tokens, and one there ends these",
      cure: "use an app of its own for one of the two")
  }

  /// A program that prefers the environment to the file uses an outdated token.
  static func staleCopy(of path: String) -> Warning {
    Warning(
      "the environment has other tokens than \(path); the file's are used",
      cure: "unset X_OAUTH2_ACCESS_TOKEN and X_OAUTH2_REFRESH_TOKEN there")
  }

  /// A login is needed, but not yet: the access token still works.
  static func deadButUsable(_ reason: String, until end: String) -> Warning {
    Warning(
      "the access token works until \(end), then you must log in: \(reason)",
      cure: "run \(call: "login") before then")
  }

  /// At X a login ends the account's tokens from before, and nobody knows yet whose that one was.
  static let endedByLogin = Warning(
    "an unfinished login may have ended the access token",
    cure: "\(call: "refresh") finishes it")

  /// X may have revoked the grant already.
  static let revocationBegun = Warning(
    "a revocation was begun and not confirmed: the access token may have stopped working",
    cure: .finishRevoking)

  /// A second host would have what renews the grant.
  static let followedPrintsRefreshToken = Warning(
    "the command of X_OAUTH2_STORE prints a refresh token too; it is not saved here",
    cure: "have it print less: `export --only X_OAUTH2_ACCESS_TOKEN --only X_OAUTH2_EXPIRES_AT`")

  /// The expiry can't be read.
  static func unreadableExpiry(_ text: String) -> Warning {
    Warning(
      "X_OAUTH2_EXPIRES_AT=\(sanitized(text, limit: 40)) is not a time; taken as unknown",
      cure: "a renewal writes a new one")
  }

  /// The expiry was written with a wrong clock or in another unit.
  static let impossibleExpiry = Warning(
    "X_OAUTH2_EXPIRES_AT is later than the token can live; taken as unknown",
    cure: "\(call: "refresh") writes a new one; if it happens again, set the clock")

  /// Another server that reads the same file would end at its start.
  static func timeoutWithUnit(_ source: SettingSource, seconds: Int) -> Warning {
    Warning(
      "X_OAUTH_CALLBACK_TIMEOUT from \(source) has a unit, and xmcp reads whole seconds only",
      cure: "write \(seconds)")
  }

  /// X would refuse the login.
  static func clientIDIsAPIKey(_ source: SettingSource) -> Warning {
    Warning(
      "CLIENT_ID is the same as X_OAUTH_CONSUMER_KEY from \(source): the API key is no client ID",
      cure: "copy the OAuth 2.0 client ID from https://console.x.com")
  }

  /// The token is where nothing looks for it.
  static func oauth2TokenMisplaced(_ source: SettingSource) -> Warning {
    let report = HeaderFailure.oauth2TokenMisplaced(source).report
    return Warning(report.message, cure: report.hint ?? "")
  }

  /// A name that nothing reads.
  static func unknownName(_ name: String, _ source: SettingSource, meant: String?) -> Warning {
    Warning(
      "\(sanitized(name, limit: 60)) from \(source) is not a setting of xauth",
      cure: meant.map { "did you mean \($0)?" } ?? "correct the name, or remove it")
  }

  /// The browser would come over TLS to a listener that doesn't speak it.
  static func httpsWithoutCertificate(_ uri: String) -> Warning {
    Warning(
      "\(uri) has no certificate, so it works only if a proxy terminates TLS there",
      cure: "set TLS_CERT_FILE and TLS_KEY_FILE, or use http")
  }

  /// The grant can't be renewed.
  static let noOfflineAccess = Warning(
    "offline.access is not among the scopes: X gives no refresh token without it",
    cure: "add it to them, or a login lasts for two hours only")

  /// A warning only: X adds scopes without notice, so they are requested all the same.
  static func undocumentedScopes(_ names: [String]) -> Warning {
    Warning(
      "X documents no scope \(sanitized(names.joined(separator: ", ")))",
      cure: "check the scopes; a login asks for them as they are")
  }
}
