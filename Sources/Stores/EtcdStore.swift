import HTTP
import OAuth
import Rotation
import Synchronization

/// A key of etcd 3.4 or newer, by its JSON gateway: all entries are one object in its value.
public final class EtcdStore: SharedStore {
  /// As in the setting: `etcd:KEY`.
  public let name: String
  private let key: JSON
  private let servers: [StoreServer]
  private let user: User?
  private let state = Mutex(State())

  private struct User {
    let name: String
    let password: Secret
  }

  private struct State {
    /// What etcd gave the user; good for five minutes.
    var token: Secret?
    /// The server that answered last: it is asked first.
    var first = 0
  }

  /// The key `place`, by the settings of etcdctl.
  public init(
    place: String, environment: [String: String], client: HTTPClient
  ) throws(StoreFailure) {
    name = "etcd:\(place)"
    key = .string(Base64.encode(try place.segments(of: name).joined(separator: "/").utf8))
    let tls = try TLSFiles(
      environment, authorities: "ETCDCTL_CACERT", certificate: "ETCDCTL_CERT", key: "ETCDCTL_KEY")
    servers = try Self.servers(environment.setting("ETCDCTL_ENDPOINTS"), tls, client)
    user = try Self.user(environment.setting("ETCDCTL_USER"))
  }

  private static func servers(
    _ endpoints: String?, _ tls: TLSFiles, _ client: HTTPClient
  ) throws(StoreFailure) -> [StoreServer] {
    guard let endpoints else {
      throw .settings(
        reason: "ETCDCTL_ENDPOINTS is not set: it is where etcd is, https://HOST:2379")
    }
    var servers: [StoreServer] = []
    for endpoint in endpoints.split(whereSeparator: { ", ".contains($0) }) {
      // As etcdctl does: without certificates it takes an address for one of plain http.
      let isPlain = tls == TLSFiles() && HTTPRequest.isPrivate("http://\(endpoint)")
      let url =
        endpoint.contains("://") ? String(endpoint) : "http\(isPlain ? "" : "s")://\(endpoint)"
      servers.append(try StoreServer(url, setting: "ETCDCTL_ENDPOINTS", tls: tls, client: client))
    }
    return servers
  }

  private static func user(_ setting: String?) throws(StoreFailure) -> User? {
    guard let setting else { return nil }
    let parts = setting.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw .settings(reason: "ETCDCTL_USER must hold a name and a password, as NAME:PASSWORD")
    }
    return User(name: parts[0], password: Secret(parts[1]))
  }

  /// What the key holds now.
  public func read(within seconds: Double) throws(StoreFailure) -> StoredEntries? {
    try Self.found(
      in: try call("kv/range", ["key": key], isRead: true, Deadline(within: seconds)))
  }

  /// The entries in an answer of etcd's, nil where the key isn't.
  static func found(in answer: JSON) throws(StoreFailure) -> StoredEntries? {
    // Fields that are zero or empty are left out: a key without a value has none.
    guard let found = answer["kvs"]?.first else { return nil }
    guard let revision = found["mod_revision"]?.string, Int64(revision) != nil,
      let value = Base64.decode(found["value"]?.string ?? "")
    else { throw .unknown(reason: "etcd's answer can't be understood") }
    guard value.count <= JSON.sizeLimit, let entries = JSON(value)?.entries else {
      throw .foreignData
    }
    return StoredEntries(entries, at: StoreRevision(revision))
  }

  /// Puts the value if the key still is as it was.
  public func swap(
    _ entries: [String: String], over revision: StoreRevision?, within seconds: Double
  ) throws(StoreFailure) -> StoreSwap {
    let value = try JSON(entries).bytesWithinLimit()
    let isUnchanged: JSON =
      if let revision {
        ["key": key, "target": "MOD", "result": "EQUAL", "mod_revision": .string(revision.text)]
      } else {
        ["key": key, "target": "CREATE", "result": "EQUAL", "create_revision": "0"]
      }
    let put: JSON = ["request_put": ["key": key, "value": .string(Base64.encode(value))]]
    let answer = try call(
      "kv/txn", ["compare": [isUnchanged], "success": [put]], isRead: false,
      Deadline(within: seconds))
    // False is left out.
    guard answer["succeeded"]?.isTrue == true, let revision = answer["header"]?["revision"]?.string
    else { return .changed }
    return .swapped(StoreRevision(revision))
  }

  /// etcd's answer to a call that it carried out.
  private func call(
    _ path: String, _ body: JSON, isRead: Bool, _ deadline: Deadline
  ) throws(StoreFailure) -> JSON {
    var token = state.withLock { $0.token }
    if token == nil { token = try authenticate(before: deadline) }
    var answer = try send(path, body, token, mayRepeat: isRead, before: deadline)
    if answer.status == 401, answer.code == 16, user != nil {
      // The token has ended, or the server has started anew.
      token = try authenticate(before: deadline)
      answer = try send(path, body, token, mayRepeat: isRead, before: deadline)
    }
    if answer.status == 200, let json = answer.json, json["header"]?["revision"]?.string != nil {
      return json
    }
    switch (answer.status, answer.code) {
    case (403, 7), (401, 16): throw .notAllowed(reason: "etcd answered: \(answer.words)")
    case (400, 3) where answer.words.hasSuffix("user name is empty"):
      throw .settings(reason: "etcd requires a user: set ETCDCTL_USER to NAME:PASSWORD")
    default: throw answer.unknown("etcd", answer.words)
    }
  }

  /// A new token of the user's, nil without a user.
  private func authenticate(before deadline: Deadline) throws(StoreFailure) -> Secret? {
    guard let user else { return nil }
    let body: JSON = ["name": .string(user.name), "password": .string(user.password.reveal())]
    let answer: StoreAnswer
    do throws(StoreFailure) {
      answer = try send("auth/authenticate", body, nil, mayRepeat: true, before: deadline)
    } catch .unknown(let reason) {
      // Of what the token is for, nothing has left.
      throw .notSent(reason: reason)
    }
    if answer.status == 200, let token = answer.json?["token"]?.string {
      state.withLock { $0.token = Secret(token) }
      return Secret(token)
    }
    switch answer.code {
    case 3: throw .notAllowed(reason: "etcd answered: \(answer.words)")
    case 9: throw .settings(reason: "etcd has no users, but ETCDCTL_USER is set: unset it")
    default: throw .notSent(reason: "etcd gave \(user.name) no token (HTTP \(answer.status))")
    }
  }

  /// Sends to one server after the other: to the next one only when nothing was sent, or if it may be
  /// done twice.
  private func send(
    _ path: String, _ body: JSON, _ token: Secret?, mayRepeat: Bool, before deadline: Deadline
  ) throws(StoreFailure) -> StoreAnswer {
    let headers = token.map { [(name: "Authorization", value: $0.reveal())] } ?? []
    let first = state.withLock { $0.first }
    var failure: StoreFailure?
    for tried in servers.indices {
      let index = (first + tried) % servers.count
      let share = deadline.secondsLeft / Double(servers.count - tried)
      do throws(StoreFailure) {
        let answer = try servers[index].send(
          .post, "/v3/\(path)", headers: headers, body,
          before: mayRepeat ? Deadline(within: share) : deadline, connectTimeout: min(6, share))
        guard mayRepeat, answer.status >= 500 else {
          state.withLock { $0.first = index }
          return answer
        }
        failure = failure ?? answer.unknown("etcd", answer.words)
      } catch {
        failure = failure ?? error
        if case .notSent = error { continue }
        guard mayRepeat else { throw error }
      }
    }
    throw failure ?? .settings(reason: "ETCDCTL_ENDPOINTS holds no address")
  }
}

extension StoreAnswer {
  /// The code of an error of gRPC.
  fileprivate var code: Int64? { json?["code"]?.integer }

  /// What etcd says of an error.
  fileprivate var words: String {
    sanitized((json?["message"] ?? json?["error"])?.string ?? "no reason")
  }
}
