/// An address as a signature sees it.
struct OAuth1Address: Sendable, Equatable {
  /// The base string URI (RFC 5849 §3.4.1.2): no query, no default port.
  let base: String
  /// The query's parameters, decoded.
  let query: [FormParameter]

  init(_ url: String) throws(InvalidURL) {
    guard url.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { throw .unencodedCharacter }
    let whole = url.prefix { $0 != "#" }
    let resource = whole.prefix { $0 != "?" }
    let scheme = resource.prefix { $0 != ":" }.lowercased()
    guard let defaultPort = ["http": 80, "https": 443][scheme],
      case let rest = resource.dropFirst(scheme.count), rest.hasPrefix("://")
    else { throw .notHTTP }
    let authority = rest.dropFirst(3).prefix { $0 != "/" }
    let path = rest.dropFirst(3 + authority.count)
    let host = try OAuth1Address.host(authority, defaultPort: defaultPort)
    base = "\(scheme)://\(host)\(path.isEmpty ? "/" : path)"
    query = FormParameter.parse(String(whole.dropFirst(resource.count + 1)))
  }

  /// The host in lower case, with its port where that isn't the scheme's own.
  private static func host(
    _ authority: Substring, defaultPort: Int
  ) throws(InvalidURL) -> String {
    if authority.contains("@") { throw .userInformation }
    // Colons inside brackets belong to an IPv6 address.
    let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
    let colon = authority[bracket...].firstIndex(of: ":") ?? authority.endIndex
    let host = authority[..<colon].lowercased()
    let port = authority[colon...].dropFirst()
    if host.isEmpty { throw .noHost }
    if port.isEmpty { return host }
    guard port.allSatisfy({ "0"..."9" ~= $0 }), let number = Int(port), 1...65535 ~= number
    else { throw .port }
    return number == defaultPort ? host : "\(host):\(number)"
  }
}
