/// One address to listen at.
public struct ListenEndpoint: Sendable, Equatable {
  /// The address in numbers, an IPv6 one without brackets.
  public let address: String
  /// The port; 0 for one that the system picks.
  public let port: Int
  /// Whether the login can do without it: ::1 where IPv6 is off, or one of the several addresses of
  /// a name. Only the address's absence is forgiven. A port that is taken isn't: the browser might
  /// then hand the code to whoever took it.
  public let mayBeAbsent: Bool

  /// An endpoint at a numeric `address`.
  public init(address: String, port: Int, mayBeAbsent: Bool = false) {
    self.address = address
    self.port = port
    self.mayBeAbsent = mayBeAbsent
  }
}
