import Foundation
import HTTP
import Rotation
import Stores
import TestSupport
import Testing

/// A stand-in for Vault, and, with scripts/interop stores, a real OpenBao.
@Suite struct VaultStoreTests {
  private static let openBao = ProcessInfo.processInfo.environment["XAUTH_TEST_BAO"]

  private func store(
    _ place: String, _ url: String, token: String = "writer", _ more: [String: String] = [:]
  ) throws -> VaultStore {
    let environment = more.merging(["VAULT_ADDR": url, "VAULT_TOKEN": token]) { $1 }
    return try VaultStore(
      place: place, environment: environment, client: HTTPClient.open(environment: [:]))
  }

  private func stage(_ engine: AnyObject, _ url: String, _ writer: String, _ reader: String) throws
    -> Stage
  {
    let nobody = try LoopbackPort()
    let mangled = try StandIn("say", "200", #"{"version":1}"#)
    return Stage(
      store: try store("secret/apps/x-token", url, token: writer),
      restricted: try store("secret/apps/x-token", url, token: reader),
      unreachable: try store("secret/x", "http://127.0.0.1:\(nobody.number)"),
      mangled: try store("secret/x", mangled.url), kept: [engine, nobody, mangled])
  }

  private func send(
    _ method: HTTPRequest.Method, _ url: String, _ body: String, token: String = "root"
  ) throws -> [UInt8] {
    let request = HTTPRequest(
      method: method, url: url, headers: [("X-Vault-Token", token)], body: Array(body.utf8))
    let answer = try HTTPClient.open(environment: [:]).send(request, timeout: 10)
    try #require(200..<300 ~= answer.status, "\(String(decoding: answer.body, as: UTF8.self))")
    return answer.body
  }

  @Test("Vault keeps the contract, by a stand-in")
  func standIn() throws {
    let vault = try StandIn("vault")
    try checkContract(of: try stage(vault, vault.url, "writer", "reader"))
    try checkOldEngine(vault.url, "writer", mount: "old")
    try checkForeign(vault.url, "writer")
  }

  @Test("so does OpenBao", .enabled(if: openBao != nil, "scripts/interop stores brings one"))
  func realOne() throws {
    let port = try LoopbackPort()
    let url = "http://127.0.0.1:\(port.number)"
    let home = TemporaryFolder()
    let server = try Child(
      try #require(Self.openBao),
      [
        "server", "-dev", "-dev-root-token-id=root", "-dev-listen-address=127.0.0.1:\(port.number)",
      ],
      environment: ["HOME": home.path])
    defer { server.signal(SIGKILL) }
    try #require(
      eventually(within: 60) { (try? send(.get, "\(url)/v1/secret/config", "")) != nil })
    for (name, rights) in [("w", #""create","read","update","delete""#), ("r", #""read""#)] {
      let words = rights.replacing("\"", with: "\\\"")
      _ = try send(
        .put, "\(url)/v1/sys/policies/acl/\(name)",
        #"{"policy":"path \"secret/*\" { capabilities = [\#(words)] }"}"#)
    }
    func token(_ policy: String) throws -> String {
      struct Made: Decodable {
        struct Auth: Decodable { let client_token: String }
        let auth: Auth
      }
      let answer = try send(
        .post, "\(url)/v1/auth/token/create", #"{"policies":["\#(policy)"]}"#)
      return try JSONDecoder().decode(Made.self, from: Data(answer)).auth.client_token
    }
    try checkContract(of: try stage(server, url, try token("w"), try token("r")))
    _ = try send(
      .post, "\(url)/v1/sys/mounts/old", #"{"type":"kv","options":{"version":"1"}}"#)
    try checkOldEngine(url, "root", mount: "old")
    try checkForeign(url, "root")
  }

  /// A mount that isn't there, or is of version 1, is told from a secret that isn't there.
  private func checkOldEngine(_ url: String, _ token: String, mount: String) throws {
    let none = try store("none/x", url, token: token)
    #expect(
      failure { _ = try none.read(within: 10) }
        == .noSuchPlace(hint: "vault secrets enable -path=none -version=2 kv"))
    let old = try store("\(mount)/x", url, token: token)
    #expect(failure { _ = try old.swap(["a": "1"], over: nil, within: 10) }?.isSettings == true)
    #expect(failure { _ = try old.read(within: 10) }?.isSettings == true)
  }

  /// What was deleted is absent, though its versions go on; what isn't text is somebody else's.
  private func checkForeign(_ url: String, _ token: String) throws {
    let store = try store("secret/deleted", url, token: token)
    let first = try #require(try store.swap(["a": "1"], over: nil, within: 10).revision)
    try delete("\(url)/v1/secret/data/deleted", token)
    #expect(try store.read(within: 10) == nil)
    #expect(try store.swap(["a": "2"], over: first, within: 10).revision != StoreRevision("1"))
    try delete("\(url)/v1/secret/data/deleted", token)
    #expect(try store.swap(["a": "3"], over: nil, within: 10).revision != nil)
    #expect(try store.read(within: 10)?.values == ["a": "3"])
    #expect(try store.swap(["a": "4"], over: nil, within: 10) == .changed)

    _ = try send(
      .post, "\(url)/v1/secret/data/number", #"{"options":{"cas":0},"data":{"a":1}}"#, token: token)
    let number = try self.store("secret/number", url, token: token)
    #expect(failure { _ = try number.read(within: 10) } == .foreignData)
  }

  private func delete(_ url: String, _ token: String) throws {
    let outcome = try Child.run(
      "/usr/bin/curl",
      ["--noproxy", "*", "-sf", "-X", "DELETE", "-H", "X-Vault-Token: \(token)", url])
    #expect(outcome.status == 0)
  }

  @Test("the token may be where vault login leaves it, and BAO_ADDR brings its own settings")
  func tokens() throws {
    let vault = try StandIn("vault")
    let home = TemporaryFolder()
    home.write("reader\n", to: ".vault-token")
    let client = try HTTPClient.open(environment: [:])
    let saved = try VaultStore(
      place: "secret/x", environment: ["VAULT_ADDR": vault.url, "HOME": home.path], client: client)
    #expect(try saved.read(within: 10) == nil)
    let mixed = [
      "BAO_ADDR": vault.url, "VAULT_ADDR": "https://a:1", "BAO_TOKEN": "reader",
      "VAULT_TOKEN": "writer",
    ]
    let bao = try VaultStore(place: "secret/x", environment: mixed, client: client)
    #expect(try bao.read(within: 10) == nil)
    #expect(failure { _ = try bao.swap([:], over: nil, within: 10) }?.isNotAllowed == true)
  }

  @Test(
    "whatever isn't Vault's own word decides nothing",
    arguments: [
      ("404", "<html>"), ("404", "{}"), ("403", "no"), ("400", #"{"errors":null}"#),
      ("503", #"{"errors":["Vault is sealed"]}"#), ("200", ""), ("307", ""), ("200", "[[[[["),
    ])
  func garbage(status: String, body: String) throws {
    let engine = try StandIn("say", status, body)
    let store = try store("secret/x", engine.url)
    #expect(failure { _ = try store.read(within: 10) }?.isUnknown == true)
    #expect(failure { _ = try store.swap([:], over: nil, within: 10) }?.isUnknown == true)
  }
}
