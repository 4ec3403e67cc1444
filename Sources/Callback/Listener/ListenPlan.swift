/// Where to listen, and what is worth saying about it.
public struct ListenPlan: Sendable, Equatable {
  /// The addresses, in the order to bind them.
  public let endpoints: [ListenEndpoint]
  /// Set when the plan listens on every address, because the redirect's host name leads to loopback
  /// on this machine, to the address given here. Debian's /etc/hosts does so with the machine's own
  /// name (127.0.1.1), and nobody else's browser could get in.
  public let everywhereBecauseOf: String?
}
