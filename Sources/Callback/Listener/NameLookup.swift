import Glibc

/// The system's resolver.
public enum NameLookup {
  /// The addresses of `name` in numbers, each once, in the resolver's order; none when it has none.
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
