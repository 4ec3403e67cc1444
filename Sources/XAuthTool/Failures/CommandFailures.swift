import Glibc
import OAuth

/// Why `export` prints nothing.
enum ExportFailure: Sendable, Equatable {
  /// A value that was asked for by name has no value.
  case notSet(SettingName)
  /// Standard output is a terminal, and `--force` was not given.
  case terminal
  /// `GITHUB_ENV` is not set.
  case noGitHubEnvironment

  /// The table.
  var report: FailureReport {
    switch self {
    case .notSet(let name):
      FailureReport(
        "not_set", .settings, "\(name.rawValue) is not set",
        hint: "\(call: "show --verbose") tells what is")
    case .terminal:
      FailureReport(
        "secrets_to_terminal", .usage,
        "the tokens were not shown: standard output is a terminal",
        hint: "pipe it into the program that needs it, or print it anyway with --force")
    case .noGitHubEnvironment:
      FailureReport(
        "no_github_env", .settings,
        "GITHUB_ENV is not set: this is not a step of a GitHub Actions job",
        hint: "elsewhere use --format dotenv or shell")
    }
  }
}

/// Why `header` can't make one.
enum HeaderFailure: Sendable, Equatable {
  /// Some of the four values of OAuth 1.0a are set, but not these.
  case incompleteOAuth1(missing: [SettingName])
  /// `X_OAUTH_ACCESS_TOKEN` is an OAuth 2.0 token.
  case oauth2TokenMisplaced(SettingSource)
  /// The URL can't be signed, or is none.
  case notPlainURL(InvalidURL)
  /// Others could read what is sent to the URL.
  case notSecureURL
  /// `--data` is not of the form NAME=VALUE.
  case notNameAndValue
  /// The first of two operands is not an HTTP method.
  case notMethod(String)

  /// The table.
  var report: FailureReport {
    switch self {
    case .incompleteOAuth1(let missing):
      FailureReport(
        "oauth1_incomplete", .settings,
        "OAuth 1.0a needs \(missing.map(\.rawValue).joined(separator: " and ")) too",
        hint: "set all four of X_OAUTH_CONSUMER_KEY, _SECRET, X_OAUTH_ACCESS_TOKEN, _SECRET")
    case .oauth2TokenMisplaced(let source):
      FailureReport(
        "oauth2_token_misplaced", .settings,
        "X_OAUTH_ACCESS_TOKEN from \(source) is an OAuth 2.0 token, not OAuth 1.0a's",
        hint: "rename it to X_OAUTH2_ACCESS_TOKEN, or remove it and run \(call: "login")")
    case .notPlainURL(let reason):
      FailureReport(
        "url_unusable", .usage, "the URL can't be used: \(reason.phrase)",
        hint: "give it as it is sent: https://host/path?query, percent-encoded")
    case .notSecureURL:
      FailureReport(
        "url_not_https", .usage,
        "the URL is not https, and the header would cross the network in the clear",
        hint: "use https (plain http is allowed for loopback only)")
    case .notNameAndValue:
      FailureReport(
        "not_name_and_value", .usage, "--data is not of the form NAME=VALUE",
        hint: "give it plain, not encoded, as curl takes it in --data-urlencode NAME=VALUE")
    case .notMethod(let word):
      FailureReport(
        "not_a_method", .usage, "\(sanitized(word, limit: 40)) is not an HTTP method",
        hint: "METHOD comes before the URL and has letters alone, such as DELETE")
    }
  }
}

extension InvalidURL {
  /// The reason, to follow a colon.
  fileprivate var phrase: String {
    switch self {
    case .notHTTP: "it begins with neither https:// nor http://"
    case .noHost: "it names no host"
    case .userInformation: "it holds a user name"
    case .port: "its port is not a number from 1 to 65535"
    case .unencodedCharacter: "it holds a character that must be percent-encoded"
    }
  }
}

extension ProgramNotStarted {
  /// The table of `exec`, with the exit codes of a shell (POSIX XCU 2.8.2).
  var report: FailureReport {
    let shown = sanitized(name, limit: 80)
    if errno == ENOENT {
      return FailureReport(
        "command_not_found", .commandNotFound, "there is no command \(shown)",
        hint: "check its name, and PATH")
    }
    return FailureReport(
      "command_not_executable", .cannotExecute,
      "\(shown) can't be executed (\(systemText(errno)))", hint: "check its permissions")
  }
}
