/// Why the callback can't be listened for.
public enum ListenFailure: Error, Sendable, Equatable {
  /// Something listens there already: another login, most often.
  case portInUse(address: String, port: Int)
  /// The system doesn't let this user have the port (below 1024, as a rule).
  case notAllowed(address: String, port: Int)
  /// None of the addresses is one of this machine's.
  case addressNotHere(address: String)
  /// The name resolves to nothing.
  case noSuchHost(String)
  /// Not `ADDRESS`, `ADDRESS:PORT` or `[IPV6]:PORT`.
  case malformedListen(String)
  /// Any other fault of the system, with the call that met it.
  case system(call: String, errno: Int32)
}
