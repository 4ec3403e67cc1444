extension BrowserChoice {
  /// What a browser has no business to know: it keeps its environment for as long
  /// as it runs, and so do its helpers.
  private static let secrets: Set<String> = [
    "CLIENT_SECRET", "X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN",
    "X_OAUTH_ACCESS_TOKEN", "X_OAUTH_ACCESS_TOKEN_SECRET", "X_OAUTH_CONSUMER_SECRET",
  ]

  /// The environment to start a browser with: ours without the secrets.
  public static func environment(from environment: [String: String]) -> [String: String] {
    environment.filter { !secrets.contains($0.key) }
  }
}
