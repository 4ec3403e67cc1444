import HTTP

extension Call {
  /// Opens libcurl, and says where the credentials are going if that isn't X.
  func openNetwork(to endpoints: Endpoints) throws(Failure) -> Network {
    try endpoints.openNetwork(context, telling: console)
  }
}

extension Endpoints {
  /// Opens libcurl, and says where the credentials are going if that isn't X.
  func openNetwork(
    _ context: Context, telling console: Console
  ) throws(Failure) -> Network {
    if let host = foreignHost {
      console.say("credentials go to \(host), not to X (\(api.source.words))")
    }
    do { return try context.openNetwork() } catch { throw Failure(error) }
  }
}
