extension ListenEndpoint {
  /// Decides where to listen.
  ///
  /// - Parameters:
  ///   - host: the redirect URI's host.
  ///   - port: the redirect URI's port.
  ///   - listen: `ADDRESS`, `ADDRESS:PORT` or `[IPV6]:PORT` to listen elsewhere than the redirect
  ///     says; nil otherwise.
  ///   - behindProxy: whether somebody else does the TLS. What comes here is plain then, and is
  ///     listened for on loopback unless `listen` says otherwise.
  ///   - lookup: the addresses of a name, in numbers; the system's resolver unless a test brings
  ///     its own.
  public static func resolve(
    host: String, port: Int, listen: String? = nil, behindProxy: Bool = false,
    lookup: (String) -> [String] = NameLookup.addresses(of:)
  ) throws(ListenFailure) -> ListenPlan {
    if let listen {
      let (place, listenPort) = try parse(listen)
      let endpoints = try plain(place, port: listenPort ?? port, lookup)
      return ListenPlan(endpoints: endpoints, everywhereBecauseOf: nil)
    }
    guard let parsed = Host(host) else { throw .noSuchHost(host) }
    if behindProxy, !parsed.isLoopback {
      return ListenPlan(endpoints: loopback(port: port), everywhereBecauseOf: nil)
    }
    let endpoints = try plain(parsed, port: port, lookup)
    if case .name = parsed, !parsed.isLoopback,
      endpoints.allSatisfy({ RedirectURI.isLoopback($0.address) })
    {
      return ListenPlan(
        endpoints: everywhere(port: port), everywhereBecauseOf: endpoints.first?.address)
    }
    return ListenPlan(endpoints: endpoints, everywhereBecauseOf: nil)
  }

  private static func plain(
    _ host: Host, port: Int, _ lookup: (String) -> [String]
  ) throws(ListenFailure) -> [ListenEndpoint] {
    switch host {
    case .ipv6("::"):
      return everywhere(port: port)
    case .ipv4(let address), .ipv6(let address):
      return [ListenEndpoint(address: address, port: port)]
    case .name("localhost"):
      // Not asked of the resolver (RFC 6761 §6.3): browsers don't ask it either, and try both.
      return loopback(port: port)
    case .name(let name):
      let addresses = lookup(name)
      guard !addresses.isEmpty else { throw .noSuchHost(name) }
      return addresses.map { ListenEndpoint(address: $0, port: port, mayBeAbsent: true) }
    }
  }

  private static func loopback(port: Int) -> [ListenEndpoint] {
    [
      ListenEndpoint(address: "127.0.0.1", port: port),
      ListenEndpoint(address: "::1", port: port, mayBeAbsent: true),
    ]
  }

  private static func everywhere(port: Int) -> [ListenEndpoint] {
    [
      ListenEndpoint(address: "0.0.0.0", port: port, mayBeAbsent: true),
      ListenEndpoint(address: "::", port: port, mayBeAbsent: true),
    ]
  }

  private static func parse(_ listen: String) throws(ListenFailure) -> (Host, port: Int?) {
    if let host = Host(listen) { return (host, nil) }
    guard let colon = listen.lastIndex(of: ":") else { throw .malformedListen(listen) }
    let digits = listen[listen.index(after: colon)...]
    let place = String(listen[..<colon])
    // Without brackets the last colon of an IPv6 address would be taken for a port's.
    guard digits.utf8.allSatisfy(\.isDigit), let port = Int(digits), (1...65535).contains(port),
      let host = Host(place), place.hasPrefix("[") || !place.contains(":")
    else { throw .malformedListen(listen) }
    return (host, port)
  }
}
