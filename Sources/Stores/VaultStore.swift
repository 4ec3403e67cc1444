import HTTP
import OAuth
import Rotation

/// A secret of a KV engine, version 2, of Vault or OpenBao. Its entries are keys of their own.
public struct VaultStore: SharedStore {
  /// As in the setting: `vault:MOUNT/PATH`.
  public let name: String
  private let mount: String
  private let path: String
  private let server: StoreServer
  private let token: Secret
  private let namespace: String?

  /// The secret `place`, by the settings of the `bao` command, or else those of `vault`: all of one.
  public init(
    place: String, environment: [String: String], client: HTTPClient
  ) throws(StoreFailure) {
    name = "vault:\(place)"
    let segments = try place.segments(of: name)
    guard segments.count > 1 else {
      throw .settings(reason: "\(name) must name a mount and a path, as in vault:secret/x-token")
    }
    mount = segments[0]
    path = "/v1/\(mount)/data/\(segments.dropFirst().joined(separator: "/"))"
    let prefix = environment.setting("BAO_ADDR") == nil ? "VAULT" : "BAO"
    guard let url = environment.setting("\(prefix)_ADDR") else {
      throw .settings(reason: "VAULT_ADDR is not set: it is where Vault is, https://HOST:8200")
    }
    let tls = try TLSFiles(
      environment, authorities: "\(prefix)_CACERT", certificate: "\(prefix)_CLIENT_CERT",
      key: "\(prefix)_CLIENT_KEY")
    server = try StoreServer(url, setting: "\(prefix)_ADDR", tls: tls, client: client)
    token = try Self.token(
      environment.setting("\(prefix)_TOKEN"), home: environment.setting("HOME"))
    namespace = environment.setting("\(prefix)_NAMESPACE")
  }

  private static func token(_ setting: String?, home: String?) throws(StoreFailure) -> Secret {
    if let setting { return Secret(setting) }
    if let home, let saved = Secret(file: "\(home)/.vault-token") { return saved }
    throw .settings(reason: "there is no token for Vault: set VAULT_TOKEN, or run vault login")
  }

  /// What the secret holds now.
  public func read(within seconds: Double) throws(StoreFailure) -> StoredEntries? {
    let (entries, version) = try look(before: Deadline(within: seconds))
    return entries.isEmpty ? nil : StoredEntries(entries, at: StoreRevision(String(version)))
  }

  /// Makes a new version of the secret if the present one still is what it was.
  public func swap(
    _ entries: [String: String], over revision: StoreRevision?, within seconds: Double
  ) throws(StoreFailure) -> StoreSwap {
    let deadline = Deadline(within: seconds)
    let version = revision.map { Int64($0.text) ?? -1 } ?? 0
    let outcome = try write(entries, over: version, before: deadline)
    guard revision == nil, outcome == .changed else { return outcome }
    // A secret that was deleted is none, but its versions go on.
    let (found, last) = try lookBeforeWriting(deadline)
    return found.isEmpty ? try write(entries, over: last, before: deadline) : .changed
  }

  private func lookBeforeWriting(_ deadline: Deadline) throws(StoreFailure) -> (
    [String: String], version: Int64
  ) {
    do throws(StoreFailure) {
      return try look(before: deadline)
    } catch .unknown(let reason) {
      throw .notSent(reason: reason)
    }
  }

  /// The secret's entries, none if there is no secret; and its version, 0 if there never was one.
  private func look(before deadline: Deadline) throws(StoreFailure) -> (
    [String: String], version: Int64
  ) {
    let answer = try server.send(.get, path, headers: headers, before: deadline)
    if let found = try Self.found(in: answer) { return found }
    if answer.status == 200, answer.json?["data"] != nil { throw isOldEngine }
    throw failure(answer)
  }

  /// The same of an answer, nil if it doesn't tell.
  static func found(
    in answer: StoreAnswer
  ) throws(StoreFailure) -> ([String: String], version: Int64)? {
    let data = answer.json?["data"]
    switch (answer.status, data?["metadata"]?["version"]?.integer) {
    case (200, let version?):
      guard let entries = data?["data"]?.entries else { throw .foreignData }
      return (entries, version)
    case (404, let version?): return ([:], version)
    case (404, nil) where answer.errors?.isEmpty == true: return ([:], 0)
    default: return nil
    }
  }

  private func write(
    _ entries: [String: String], over version: Int64, before deadline: Deadline
  ) throws(StoreFailure) -> StoreSwap {
    let answer = try server.send(
      .post, path, headers: headers,
      ["options": ["cas": .integer(version)], "data": JSON(entries)], before: deadline)
    if answer.status == 200, let version = answer.json?["data"]?["version"]?.integer {
      return .swapped(StoreRevision(String(version)))
    }
    if answer.status == 204 { throw isOldEngine }
    let mismatch = "check-and-set parameter did not match"
    if answer.status == 400, answer.errors?.contains(where: { $0.contains(mismatch) }) == true {
      return .changed
    }
    throw failure(answer)
  }

  private var headers: [(name: String, value: String)] {
    // An agent that stands before Vault may want the second one, which no page in a browser can send.
    let fields = [("X-Vault-Token", token.reveal()), ("X-Vault-Request", "true")]
    return fields + (namespace.map { [("X-Vault-Namespace", $0)] } ?? [])
  }

  private var isOldEngine: StoreFailure {
    .settings(
      reason: "\(mount) is version 1 of Vault's KV engine: vault kv enable-versioning \(mount)")
  }

  private func failure(_ answer: StoreAnswer) -> StoreFailure {
    let words = sanitized(answer.errors?.first ?? "no reason")
    return switch answer.status {
    case _ where answer.errors == nil: answer.unknown("Vault")
    case 403: .notAllowed(reason: "Vault answered: \(words)")
    case 404 where words.hasPrefix("no handler for route"):
      .noSuchPlace(hint: "vault secrets enable -path=\(mount) -version=2 kv")
    case 400, 404: .settings(reason: "Vault answered: \(words)")
    default: answer.unknown("Vault", words)
    }
  }
}

extension StoreAnswer {
  /// What Vault says of an error, nil if this is none of its own.
  fileprivate var errors: [String]? {
    guard case .array(let errors) = json?["errors"] else { return nil }
    return errors.compactMap(\.string)
  }
}
