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
