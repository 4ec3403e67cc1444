import Glibc

/// How requests leave for a server, as the environment has it.
public enum ProxyChoice: Sendable, Equatable {
  /// Without a proxy.
  case direct
  /// Through the proxy on this host.
  case through(host: String)

  /// The way to `url`. Throws what every request to it would fail with: found out without sending one.
  public init(to url: String, environment: [String: String]) throws(HTTPFailure) {
    let (_, proxy) = try ProxySettings(environment: environment).route(to: url)
    self = proxy.map { .through(host: $0.host) } ?? .direct
  }

  /// The host of the proxy, if there is one.
  public var host: String? { if case .through(let host) = self { host } else { nil } }
}

extension Proxy {
  /// The schemes of curl's --proxy; without one it is http.
  private static let schemes = ["http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"]

  /// Whether it can be only one proxy. A password with an `@`, `/`, `?` or `#` in it that isn't
  /// percent-encoded makes another host of it.
  var isUsable: Bool {
    if let slashes = url.firstRange(of: "://") {
      guard Self.schemes.contains(url[..<slashes.lowerBound].lowercased()) else { return false }
    }
    guard !url.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) else {
      return false
    }
    let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
    guard let place = parts.last, parts.count <= 2 else { return false }
    let afterHost =
      place.first == "["
      ? place.drop { $0 != "]" }.dropFirst() : place.drop { $0 != ":" }
    guard !host.isEmpty, place.first != "[" || place.contains("]") else { return false }
    guard afterHost.first == ":" else { return afterHost.isEmpty }
    return (UInt16(afterHost.dropFirst()) ?? 0) > 0
  }
}

/// A proxy as the environment names it: `[scheme://][user:password@]host[:port]`.
struct Proxy: Sendable {
  /// The variable that names it.
  let variable: String
  /// The whole value, for libcurl. May hold a password.
  let url: String

  /// What is between the scheme and the path.
  private var authority: Substring {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    return url[start...].prefix { !"/?#".contains($0) }
  }

  /// The host, for messages: no credentials. Empty when there is none to be told.
  var host: String {
    var text = authority
    if let at = text.lastIndex(of: "@") { text = text[text.index(after: at)...] }
    if text.first == "[" { return String(text.dropFirst().prefix { $0 != "]" }) }
    return String(text.prefix { $0 != ":" })
  }

  /// Whether the value holds a user or a password. libcurl quotes a malformed value in its
  /// messages, so these aren't shown then.
  var hasCredentials: Bool { url.contains("@") }
}

/// Which proxy the environment asks for, by the conventions of curl(1).
///
/// `http_proxy` counts in lower case only: under CGI, `HTTP_PROXY` is a request header of a
/// stranger's (CVE-2016-5385). The others count in both cases, the lower one first. An empty value
/// counts as unset.
struct ProxySettings: Sendable {
  private let forHTTP: Proxy?
  private let forHTTPS: Proxy?
  private let exceptions: ProxyExceptions

  init(environment: [String: String]) {
    func first(_ names: String...) -> Proxy? {
      names.lazy.compactMap { name in environment[name].map { Proxy(variable: name, url: $0) } }
        .first { !$0.url.isEmpty }
    }
    let forAll = first("all_proxy", "ALL_PROXY")
    forHTTP = first("http_proxy") ?? forAll
    forHTTPS = first("https_proxy", "HTTPS_PROXY") ?? forAll
    exceptions = ProxyExceptions(first("no_proxy", "NO_PROXY")?.url ?? "")
  }

  /// Where a request to `url` goes, and through which proxy. A failure says nothing of a malformed
  /// proxy's value, in which nobody can tell what is a password.
  func route(to url: String) throws(HTTPFailure) -> (Origin, Proxy?) {
    guard let origin = Origin(url: url) else {
      throw HTTPFailure(
        host: "", cause: .unsupportedURL, mayHaveReachedServer: false, detail: "malformed URL")
    }
    let proxy = proxy(for: origin)
    if let proxy, !proxy.isUsable {
      throw HTTPFailure(
        host: origin.host, cause: .proxyMalformed(variable: proxy.variable),
        mayHaveReachedServer: false, detail: "malformed proxy in \(proxy.variable)")
    }
    return (origin, proxy)
  }

  /// The proxy for requests to `origin`, nil for a direct connection.
  ///
  /// Loopback is always direct: a proxy's loopback is another machine, and what is meant for this
  /// one must not leave it.
  func proxy(for origin: Origin) -> Proxy? {
    guard !origin.isLoopback, !exceptions.cover(origin.host) else { return nil }
    return origin.isSecure ? forHTTPS : forHTTP
  }
}

/// The hosts that `no_proxy` exempts, by the rules of curl(1): a list, separated by commas or
/// blanks, of names (which cover what is under them), addresses, and address blocks; or `*`.
///
/// Matched here and not by libcurl: which host failed, the server or the proxy, must be known.
struct ProxyExceptions: Sendable {
  private let entries: [Substring]
  private let coverAll: Bool

  init(_ list: String) {
    entries = list.split { $0 == "," || $0 == " " || $0 == "\t" }
    coverAll = entries == ["*"]
  }

  /// Whether `host`, in lower case and without brackets, is reached directly.
  func cover(_ host: String) -> Bool {
    if coverAll { return true }
    if let address = IPAddress(host) { return entries.contains { Self.block($0, holds: address) } }
    let name = Self.withoutFinalDot(host[...])
    return entries.contains { entry in
      let domain = Self.withoutFinalDot(entry.first == "." ? entry.dropFirst() : entry).lowercased()
      return !domain.isEmpty && (name == domain || name.hasSuffix("." + domain))
    }
  }

  /// `address` or `address/bits`, an IPv6 address with or without brackets.
  private static func block(_ entry: Substring, holds address: IPAddress) -> Bool {
    let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let network = IPAddress(parts[0].filter { $0 != "[" && $0 != "]" }) else { return false }
    guard parts.count == 2 else { return address == network }
    return Int(parts[1]).map { address.isWithin(network, bits: $0) } ?? false
  }

  private static func withoutFinalDot(_ name: Substring) -> Substring {
    name.last == "." ? name.dropLast() : name
  }
}

/// An IPv4 or IPv6 address in its strict spelling: no `127.1`, no `0x7f000001`, no zone.
struct IPAddress: Equatable {
  /// Four bytes, or sixteen, in network order.
  let bytes: [UInt8]

  init?(_ text: some StringProtocol) {
    let text = String(text)
    for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: length)
      if inet_pton(family, text, &bytes) == 1 {
        self.bytes = bytes
        return
      }
    }
    return nil
  }

  /// 127.0.0.0/8 or ::1 (RFC 6890 §2.2).
  var isLoopback: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  /// Whether the first `bits` bits are those of `network`. Never across the two families.
  func isWithin(_ network: IPAddress, bits: Int) -> Bool {
    guard bytes.count == network.bytes.count, (0...bytes.count * 8).contains(bits) else {
      return false
    }
    return zip(bytes, network.bytes).enumerated().allSatisfy { index, pair in
      let counted = min(8, max(0, bits - index * 8))
      return (pair.0 ^ pair.1) >> (8 - counted) == 0
    }
  }
}
