import OAuth

/// Why `header` has none.
enum HeaderFailure: Sendable, Equatable {
  /// Some of the four values of OAuth 1.0a, and not these.
  case incompleteOAuth1(missing: [SettingName])
  /// The URL can't be signed.
  case notPlainURL(InvalidURL)
  /// `--data` is no name and value.
  case notNameAndValue
  /// The first operand of two is no HTTP method.
  case notMethod(String)
}
