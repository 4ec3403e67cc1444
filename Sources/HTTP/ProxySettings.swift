/// Which proxy the environment asks for, by the conventions of curl(1).
///
/// `http_proxy` counts in lower case only: under CGI, `HTTP_PROXY` is a request header of a
/// stranger's (CVE-2016-5385). The others count in both cases, the lower one first. An empty value
/// counts as unset.
struct ProxySettings: Sendable {
  private let forHTTP: String?
  private let forHTTPS: String?
  private let exceptions: ProxyExceptions

  init(environment: [String: String]) {
    func first(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    let forAll = first("all_proxy", "ALL_PROXY")
    forHTTP = first("http_proxy") ?? forAll
    forHTTPS = first("https_proxy", "HTTPS_PROXY") ?? forAll
    exceptions = ProxyExceptions(first("no_proxy", "NO_PROXY") ?? "")
  }

  /// The proxy for requests to `origin`, nil for a direct connection.
  ///
  /// Loopback is always direct: a proxy's loopback is another machine, and what is meant for this
  /// one must not leave it.
  func proxy(for origin: Origin) -> Proxy? {
    guard !origin.isLoopback, !exceptions.cover(origin.host) else { return nil }
    return (origin.isSecure ? forHTTPS : forHTTP).map(Proxy.init)
  }
}
