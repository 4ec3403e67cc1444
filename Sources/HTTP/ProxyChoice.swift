/// How requests leave for a server, as the environment has it.
public enum ProxyChoice: Sendable, Equatable {
  /// Without a proxy.
  case direct
  /// Through the proxy on this host.
  case through(host: String)
  /// What is named is no proxy: every request would fail.
  case unusable

  /// The way to `url`, which is one of http or https.
  public init(to url: String, environment: [String: String]) {
    guard let origin = Origin(url: url),
      let proxy = ProxySettings(environment: environment).proxy(for: origin)
    else {
      self = .direct
      return
    }
    self = proxy.isUsable ? .through(host: proxy.host) : .unusable
  }
}

extension Proxy {
  /// The schemes of curl's --proxy; without one it is http.
  private static let schemes = ["http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"]

  /// Whether libcurl can make anything of it.
  var isUsable: Bool {
    var rest = url[...]
    if let slashes = rest.firstRange(of: "://") {
      guard Self.schemes.contains(rest[..<slashes.lowerBound].lowercased()) else { return false }
      rest = rest[slashes.upperBound...]
    }
    let parts = rest.prefix { $0 != "/" }.split(separator: "@", omittingEmptySubsequences: false)
    // An @ in a password is written %40.
    guard let place = parts.last, parts.count <= 2 else { return false }
    let afterHost =
      place.first == "["
      ? place.drop { $0 != "]" }.dropFirst() : place.drop { $0 != ":" }
    guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return false }
    guard afterHost.first == ":" else { return afterHost.isEmpty }
    return (UInt16(afterHost.dropFirst()) ?? 0) > 0
  }
}
