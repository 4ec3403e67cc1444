import HTTP

/// What can be known of this machine before anything is sent. `doctor` reports it; `login` refuses by
/// it, in the same words, before a person is asked for anything.
struct LocalChecks: Sendable {
  let context: Context

  /// Whether a request to `endpoints` could leave, and its answer be trusted.
  func require(for endpoints: Endpoints) throws(Failure) {
    _ = try authorities()
    _ = try proxy(to: endpoints)
  }

  /// The host of the proxy that requests to `endpoints` pass; nil without one.
  func proxy(to endpoints: Endpoints) throws(Failure) -> String? {
    do {
      return try ProxyChoice(to: endpoints.api.text, environment: context.environment.all).host
    } catch {
      throw .network(error)
    }
  }

  /// The certificate authorities that the environment names instead of the system's, as words; nil when
  /// it names none.
  func authorities() throws(Failure) -> String? {
    let trust = HTTPTrust(environment: context.environment.all)
    if context.environment["SSL_CERT_DIR"] != nil, let folder = trust.folder {
      guard trust.hasAuthoritiesInFolder else { throw .settings(.noAuthorities(folder: folder)) }
      return "those in \(folder), and no others"
    }
    let isNamed = ["SSL_CERT_FILE", "CURL_CA_BUNDLE"].contains { context.environment[$0] != nil }
    guard isNamed, let path = trust.file else { return nil }
    guard trust.hasAuthorityInFile else {
      throw .network(
        HTTPFailure(
          host: "", cause: .caFileUnreadable(path: path), mayHaveReachedServer: false, detail: ""))
    }
    return "those in \(path), and no others"
  }
}
