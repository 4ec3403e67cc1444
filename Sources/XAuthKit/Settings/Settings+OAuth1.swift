import OAuth

extension Settings {
  /// The four values that sign by OAuth 1.0a; nil when none of them is set. Some and not others is
  /// a mistake that X would only call a bad signature.
  func oauth1() throws(Failure) -> OAuth1Credentials? {
    var values: [String] = []
    var missing: [SettingName] = []
    for name in SettingName.oauth1 {
      guard let setting = try setting(name) else {
        missing.append(name)
        continue
      }
      values.append(try setting.requireNoControlCharacter().text)
    }
    guard missing.isEmpty else {
      if values.isEmpty { return nil }
      throw .header(.incompleteOAuth1(missing: missing))
    }
    return OAuth1Credentials(
      consumerKey: values[0], consumerSecret: Secret(values[1]), accessToken: Secret(values[2]),
      accessTokenSecret: Secret(values[3]))
  }
}
