import HTTP

extension Call {
  /// Opens libcurl, and says where the credentials are going if that isn't X.
  func openNetwork(to endpoints: Endpoints) throws(Failure) -> Network {
    try endpoints.openNetwork(context, telling: console)
  }
}

extension Endpoints {
  /// Where the credentials go if that isn't X, in words.
  var foreignHostWords: String? {
    foreignHost.map { "credentials go to \($0), not to X (\(api.source.words))" }
  }

  /// Opens libcurl, and says where the credentials are going if that isn't X.
  func openNetwork(
    _ context: Context, telling console: Console
  ) throws(Failure) -> Network {
    if let words = foreignHostWords { console.say(words) }
    do { return try context.openNetwork() } catch { throw Failure(error) }
  }
}
