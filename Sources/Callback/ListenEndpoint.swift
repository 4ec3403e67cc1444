import Glibc

/// One address to listen at.
public struct ListenEndpoint: Sendable, Equatable {
  /// The numeric address, an IPv6 one without brackets.
  public let address: String
  /// The port; 0 for one that the system picks.
  public let port: Int
  /// Whether the login works without it: ::1 where IPv6 is off, or one of the several addresses of
  /// a name. This covers a missing address only. A port in use is still a failure: the browser could
  /// hand the code to the program that has it.
  public let mayBeAbsent: Bool

  /// An endpoint at a numeric `address`.
  public init(address: String, port: Int, mayBeAbsent: Bool = false) {
    self.address = address
    self.port = port
    self.mayBeAbsent = mayBeAbsent
  }
}

/// Where to listen, and what is worth saying about it.
public struct ListenPlan: Sendable, Equatable {
  /// The addresses, in the order to bind them.
  public let endpoints: [ListenEndpoint]
  /// Set when the plan listens on every address, because the redirect's host name resolves to
  /// loopback on this machine, to the address given here. Debian's /etc/hosts has such an entry for
  /// the machine's own name (127.0.1.1); on that address no other machine could reach the callback.
  public let everywhereBecauseOf: String?
}

/// Why the callback can't be listened for.
public enum ListenFailure: Error, Sendable, Equatable {
  /// Something listens there already: usually another login.
  case portInUse(address: String, port: Int)
  /// The system doesn't let this user have the port (usually one below 1024).
  case notAllowed(address: String, port: Int)
  /// The address isn't one of this machine's.
  case addressNotHere(address: String)
  /// The name resolves to nothing.
  case noSuchHost(String)
  /// Not `ADDRESS`, `ADDRESS:PORT` or `[IPV6]:PORT`.
  case malformedListen(String)
  /// Any other system error, with the call that failed.
  case system(call: String, errno: Int32)
}

extension ListenEndpoint {
  /// Decides where to listen.
  ///
  /// - Parameters:
  ///   - host: the redirect URI's host.
  ///   - port: the redirect URI's port.
  ///   - listen: `ADDRESS`, `ADDRESS:PORT` or `[IPV6]:PORT` to listen elsewhere than the redirect
  ///     says; nil otherwise.
  ///   - behindProxy: whether a proxy terminates TLS. It connects by plain HTTP then, and the
  ///     callback listens on loopback unless `listen` says otherwise.
  ///   - lookup: the numeric addresses of a name; the system's resolver except in tests.
  /// - Throws: `noSuchHost` or `malformedListen`.
  public static func resolve(
    host: String, port: Int, listen: String? = nil, behindProxy: Bool = false,
    lookup: (String) -> [String] = NameLookup.addresses(of:)
  ) throws(ListenFailure) -> ListenPlan {
    if let listen {
      let (host, listenPort) = try parse(listen)
      let endpoints = try plain(host, port: listenPort ?? port, lookup)
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
      // Without the resolver (RFC 6761 §6.3): browsers don't use it for this name, and try both.
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
    let address = String(listen[..<colon])
    // Without brackets, the last group of an IPv6 address would be mistaken for a port.
    guard digits.utf8.allSatisfy(\.isDigit), let port = Int(digits), (1...65535).contains(port),
      let host = Host(address), address.hasPrefix("[") || !address.contains(":")
    else { throw .malformedListen(listen) }
    return (host, port)
  }
}

/// The system's resolver.
public enum NameLookup {
  /// The numeric addresses of `name`, each once, in the resolver's order; none when it has none.
  public static func addresses(of name: String) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var entry = list
    while let current = entry?.pointee {
      var storage = sockaddr_storage()
      if let address = current.ai_addr {
        let size = min(Int(current.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutableBytes(of: &storage) {
          $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: size))
        }
      }
      if let host = SocketAddress(storage)?.host, !addresses.contains(host) {
        addresses.append(host)
      }
      entry = current.ai_next
    }
    return addresses
  }
}
