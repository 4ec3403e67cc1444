@testable import Callback
@testable import HTTP
@testable import OAuth

extension FuzzTarget {
  /// A URL, a host, a path and a list of hosts, read by all that read them.
  static let addresses = FuzzTarget(name: "addresses") { input in
    let parts = input.parts(4).map(\.text)
    try checkURL(parts[0])
    try checkRedirect(host: parts[1], path: parts[2])
    let exceptions = ProxyExceptions(parts[3])
    _ = exceptions.cover(parts[1])
    try promise("an asterisk is everything", ProxyExceptions("*").cover(parts[1]))
    if let host = Host(parts[1]) {
      try promise("a host exempts itself", ProxyExceptions(host.text).cover(host.text))
    }
  }

  private static func checkURL(_ url: String) throws {
    let origin = Origin(url: url)
    if let origin {
      try promise("an origin is what its URL says", Origin(url: origin.url) == origin)
    }
    guard let address = try? OAuth1Address(url) else { return }
    try promise(
      "a base is a URL without a query", !address.base.contains { $0 == "?" || $0 == "#" })
    let again = try OAuth1Address(address.base)
    try promise("a base is its own base", again.base == address.base && again.query.isEmpty)
    if let origin {
      try promise(
        "what is signed and what is connected to is the same host",
        address.base.hasPrefix(origin.url))
    }
  }

  private static func checkRedirect(host: String, path: String) throws {
    for scheme in [RedirectURI.Scheme.http, .https] {
      guard
        let target = try? RedirectURI(scheme: scheme, host: host, port: 8976, path: path)
      else { continue }
      let again = try RedirectURI(scheme: scheme, host: target.host, port: 8976, path: path)
      try promise("a host has one spelling", again == target && again.uri == target.uri)
      guard let origin = Origin(url: target.uri) else {
        throw BrokenPromise(description: "a redirect URI is a URL")
      }
      try promise(
        "a redirect URI leads to its host",
        origin.host == target.host && origin.isSecure == (scheme == .https))
      let isLoopback = RedirectURI.isLoopback(host)
      try promise("plain http is for loopback", scheme == .https || isLoopback)
      try promise("loopback is loopback to all", !isLoopback || origin.isLoopback)
      try promise("a path is sent as it is", target.uri.hasSuffix(":8976\(path)"))
    }
  }
}

extension Origin {
  fileprivate var url: String {
    (isSecure ? "https://" : "http://") + (host.contains(":") ? "[\(host)]" : host)
  }
}
