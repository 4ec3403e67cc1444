import OAuth

/// What a store says of the grant that several machines share, beside what this machine holds: to be shown.
public struct SharedStanding: Sendable {
  /// The number of its grant; nil where it holds nothing.
  public let number: Int?
  /// The machine that saved it, as that calls itself, and when, by its clock in seconds since 1970; nil when
  /// unknown.
  public let saved: (host: String, at: Int)?
  /// Whether this machine has that grant.
  public let isInStep: Bool
  /// Whether the file's token is one that the store knows, or there is none.
  public let knowsFile: Bool
  /// Whether X has refused the store's token.
  public let isRefused: Bool
  /// Whether the grant was revoked.
  public let isRevoked: Bool
  /// The use of it that a machine has begun and not finished; nil when there is none.
  public let use: SharedUse?

  /// What `store` says to the machine whose file and journal `view` is of. Nothing is locked or changed.
  public static func read(
    _ store: any SharedStore, for client: ClientCredentials, at server: String,
    beside view: GrantView
  ) throws(RotationFailure) -> SharedStanding {
    let place = SharedPlace(store, for: client, at: server)
    guard let shared = try place.read().shared else {
      return SharedStanding(
        number: nil, saved: nil, isInStep: false, knowsFile: true, isRefused: false,
        isRevoked: false, use: nil)
    }
    let memory = view.record?.fleet.flatMap { $0.place == place.name ? $0 : nil }
    let token = view.newest.token
    return SharedStanding(
      number: shared.number, saved: shared.saved.map { (sanitized($0.host, limit: 64), $0.at) },
      isInStep: token == shared.token,
      knowsFile: token == nil || token == shared.token || token == memory?.copied
        || shared.spent.contains { $0 == token } || view.isNewer(than: view.grant),
      isRefused: shared.isRefused, isRevoked: shared.isRevoked, use: shared.intent?.use)
  }
}

extension RotationRecord {
  /// The place that the newest grant is shared through, and its number there; nil where this machine has it
  /// alone.
  public var shared: (place: String, number: Int)? { fleet.map { ($0.place, $0.number) } }
}
