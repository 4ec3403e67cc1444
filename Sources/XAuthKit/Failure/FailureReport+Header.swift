import OAuth

extension HeaderFailure {
  /// The table.
  var report: FailureReport {
    switch self {
    case .incompleteOAuth1(let missing):
      FailureReport(
        "oauth1_incomplete", .settings,
        "OAuth 1.0a needs \(missing.map(\.rawValue).joined(separator: " and ")) too",
        hint: "set all four of X_OAUTH_CONSUMER_KEY, _SECRET, X_OAUTH_ACCESS_TOKEN, _SECRET")
    case .notPlainURL(let reason):
      FailureReport(
        "url_unusable", .usage, "the URL can't be signed: \(reason.words)",
        hint: "give it as it is sent: https://host/path?query, percent-encoded")
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
  /// The reason in words that follow a colon.
  fileprivate var words: String {
    switch self {
    case .notHTTP: "it begins with neither https:// nor http://"
    case .noHost: "it names no host"
    case .userInformation: "it holds a user name"
    case .port: "its port is not a number from 1 to 65535"
    case .unencodedCharacter: "it holds a character that must be percent-encoded"
    }
  }
}
