/// Why something can't be a redirect URI.
public enum RedirectURIFailure: Error, Sendable, Equatable {
  /// Neither a DNS name nor an address in its ordinary spelling.
  case malformedHost(String)
  /// It doesn't begin with one `/`, or holds something that browsers would change on the way.
  case malformedPath(String)
  /// Plain HTTP to a host that isn't loopback would show the code to the network (RFC 8252 §8.3).
  case needsHTTPS(host: String)
}
