import HTTP
import OAuth
import Rotation

/// A Secret of Kubernetes, whose entries are keys of its own, so that a pod can mount one. A person makes
/// it once, empty: a role can't allow `create` for one name.
public struct KubernetesStore: SharedStore {
  /// As in the setting: `kubernetes:NAMESPACE/SECRET`.
  public let name: String
  private let path: String
  private let maker: String
  private let server: StoreServer
  private let tokenFile: String

  /// The Secret `place`, as a pod reaches it: its token, which is renewed, and the authority are files
  /// in `folder`.
  public init(
    place: String, environment: [String: String], client: HTTPClient,
    folder: String = "/var/run/secrets/kubernetes.io/serviceaccount"
  ) throws(StoreFailure) {
    name = "kubernetes:\(place)"
    let segments = try place.segments(of: name)
    guard segments.count == 2 else {
      throw .settings(
        reason: "\(name) must name a namespace and a Secret, as in kubernetes:web/x-token")
    }
    path = "/api/v1/namespaces/\(segments[0])/secrets/\(segments[1])"
    maker = "kubectl -n \(segments[0]) create secret generic \(segments[1])"
    guard let host = environment.setting("KUBERNETES_SERVICE_HOST"),
      let port = environment.setting("KUBERNETES_SERVICE_PORT")
    else {
      throw .settings(
        reason: "KUBERNETES_SERVICE_HOST and _PORT are not set: \(name) can be used in a pod only")
    }
    server = try StoreServer(
      "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
      setting: "KUBERNETES_SERVICE_HOST", tls: TLSFiles(authorities: "\(folder)/ca.crt"),
      client: client)
    tokenFile = "\(folder)/token"
  }

  /// What the Secret holds now.
  public func read(within seconds: Double) throws(StoreFailure) -> StoredEntries? {
    let found = try look(before: Deadline(within: seconds))
    return found.entries.isEmpty ? nil : StoredEntries(found.entries, at: found.revision)
  }

  /// Puts the entries into the Secret if it still is as it was. Whatever else it holds stays.
  public func swap(
    _ entries: [String: String], over revision: StoreRevision?, within seconds: Double
  ) throws(StoreFailure) -> StoreSwap {
    let deadline = Deadline(within: seconds)
    let found: FoundSecret
    do throws(StoreFailure) {
      // A write replaces the whole object, of which a revision is a small part.
      found = try look(before: deadline)
    } catch .unknown(let reason) {
      throw .notSent(reason: reason)
    }
    guard revision.map({ $0 == found.revision }) ?? found.entries.isEmpty else { return .changed }
    let answer = try send(.put, found.holding(entries), before: deadline)
    if answer.status == 409, answer.json?["reason"]?.string == "Conflict" { return .changed }
    guard let now = FoundSecret(answer) else { throw failure(answer) }
    return .swapped(now.revision)
  }

  private func look(before deadline: Deadline) throws(StoreFailure) -> FoundSecret {
    let answer = try send(.get, before: deadline)
    guard let found = FoundSecret(answer) else { throw failure(answer) }
    return found
  }

  private func send(
    _ method: HTTPRequest.Method, _ object: JSON? = nil, before deadline: Deadline
  ) throws(StoreFailure) -> StoreAnswer {
    guard let token = Secret(file: tokenFile) else {
      throw .settings(reason: "the pod has no token of a service account in \(tokenFile)")
    }
    let headers = [("Authorization", "Bearer \(token.reveal())"), ("Accept", "application/json")]
    return try server.send(method, path, headers: headers, object, before: deadline)
  }

  private func failure(_ answer: StoreAnswer) -> StoreFailure {
    guard answer.json?["kind"]?.string == "Status" else { return answer.unknown("Kubernetes") }
    let words = sanitized(answer.json?["message"]?.string ?? "no reason")
    return switch answer.status {
    case 401, 403: .notAllowed(reason: "Kubernetes answered: \(words)")
    case 404: .noSuchPlace(hint: maker)
    // A Secret that is marked immutable, for instance.
    case 422: .settings(reason: "Kubernetes answered: \(words)")
    default: answer.unknown("Kubernetes", words)
    }
  }
}

/// A Secret as Kubernetes has it.
struct FoundSecret {
  let entries: [String: String]
  let revision: StoreRevision
  /// All of it, and its values in Base64.
  private let object: [String: JSON]
  private let data: [String: JSON]

  /// Nil if the answer isn't one.
  init?(_ answer: StoreAnswer) {
    guard answer.status == 200, case .object(let object) = answer.json,
      object["kind"]?.string == "Secret",
      let version = object["metadata"]?["resourceVersion"]?.string
    else { return nil }
    self.object = object
    revision = StoreRevision(version)
    if case .object(let data) = object["data"] { self.data = data } else { data = [:] }
    var entries: [String: String] = [:]
    for (name, value) in data {
      guard let text = value.string, let bytes = Base64.decode(text) else { return nil }
      entries[name] = String(decoding: bytes, as: UTF8.self)
    }
    self.entries = entries
  }

  /// The same object with these entries instead of its own. What isn't the fleet's stays, byte for byte:
  /// it need not even be text.
  func holding(_ new: [String: String]) -> JSON {
    var data = data.filter { name, _ in !Self.isOurs(name) }
    for (name, value) in new where Self.isOurs(name) || data[name] == nil {
      data[name] = .string(Base64.encode(value.utf8))
    }
    return .object(object.merging(["data": .object(data)]) { _, new in new })
  }

  private static func isOurs(_ name: String) -> Bool {
    name.hasPrefix("X_OAUTH2_") || name.hasPrefix("XAUTH_")
  }
}
