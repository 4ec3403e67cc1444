import HTTP
import Rotation
import Stores
import TestSupport
import Testing

@Suite struct StoreSettingsTests {
  private func refusal(
    _ engine: String, _ place: String, _ environment: [String: String]
  ) throws -> StoreFailure? {
    let client = try HTTPClient.open(environment: [:])
    return failure {
      switch engine {
      case "etcd": _ = try EtcdStore(place: place, environment: environment, client: client)
      case "vault": _ = try VaultStore(place: place, environment: environment, client: client)
      default: _ = try KubernetesStore(place: place, environment: environment, client: client)
      }
    }
  }

  @Test(
    "what is missing or wrong is told by the name of its setting",
    arguments: [
      ("etcd", "x-token", [:], "ETCDCTL_ENDPOINTS"),
      ("etcd", "x-token", ["ETCDCTL_ENDPOINTS": ""], "ETCDCTL_ENDPOINTS"),
      ("etcd", "x-token", ["ETCDCTL_ENDPOINTS": "http://etcd.test:2379"], "https://"),
      ("etcd", "x-token", ["ETCDCTL_ENDPOINTS": "https://a@b:2379"], "ETCDCTL_ENDPOINTS"),
      (
        "etcd", "x-token", ["ETCDCTL_ENDPOINTS": "https://a:1", "ETCDCTL_USER": "hunter2"],
        "NAME:PASSWORD"
      ),
      (
        "etcd", "x-token", ["ETCDCTL_ENDPOINTS": "https://a:1", "ETCDCTL_CACERT": "/nowhere"],
        "ETCDCTL_CACERT"
      ),
      ("vault", "secret/x", [:], "VAULT_ADDR"),
      ("vault", "secret/x", ["VAULT_ADDR": "http://vault.test:8200"], "VAULT_ADDR"),
      ("vault", "secret/x", ["BAO_ADDR": "http://vault.test:8200"], "BAO_ADDR"),
      ("vault", "secret/x", ["VAULT_ADDR": "https://a:1"], "VAULT_TOKEN"),
      ("vault", "x", ["VAULT_ADDR": "https://a:1"], "mount"),
      ("kubernetes", "web/x", [:], "KUBERNETES_SERVICE_HOST"),
      ("kubernetes", "x", [:], "namespace"),
    ])
  func missing(engine: String, place: String, environment: [String: String], word: String) throws {
    let failure = try refusal(engine, place, environment)
    #expect(failure?.isSettings == true)
    #expect(failure?.words.contains(word) == true, "\(String(describing: failure))")
    #expect(failure?.words.contains("hunter2") == false)
  }

  @Test(
    "a place is names with slashes between them",
    arguments: ["", "/", "a/", "/a", "a//b", ".", "a/..", "a b", "a/%2e", "a?b", "\u{E9}", "a\n"],
    ["etcd", "vault", "kubernetes"])
  func places(place: String, engine: String) throws {
    let environment = ["ETCDCTL_ENDPOINTS": "https://a:1", "VAULT_ADDR": "https://a:1"]
    #expect(try refusal(engine, place, environment)?.isSettings == true)
  }

  @Test("a key that others can read is refused")
  func openKey() throws {
    let folder = TemporaryFolder()
    let environment = [
      "ETCDCTL_ENDPOINTS": "https://a:1", "ETCDCTL_CERT": folder.write("", to: "cert"),
      "ETCDCTL_KEY": folder.write("", to: "key", mode: 0o644),
    ]
    #expect(try refusal("etcd", "x-token", environment)?.words.contains("chmod 600") == true)
  }

  @Test("plain http is for this machine alone, by its address or its own name")
  func loopback() throws {
    for host in ["127.0.0.1", "[::1]", "localhost"] {
      let environment = ["ETCDCTL_ENDPOINTS": "http://\(host):2379"]
      #expect(try refusal("etcd", "x-token", environment) == nil)
    }
    for host in ["10.0.0.1", "db.localhost", "localhost.test"] {
      let environment = ["ETCDCTL_ENDPOINTS": "http://\(host):2379"]
      #expect(try refusal("etcd", "x-token", environment)?.isSettings == true)
    }
  }

  @Test("no description of a store shows a password or a token")
  func redacted() throws {
    let client = try HTTPClient.open(environment: [:])
    let environment = [
      "ETCDCTL_ENDPOINTS": "https://a:1", "ETCDCTL_USER": "u:hunter2",
      "VAULT_ADDR": "https://a:1", "VAULT_TOKEN": "hunter2",
    ]
    let stores: [any SharedStore] = [
      try EtcdStore(place: "x", environment: environment, client: client),
      try VaultStore(place: "a/x", environment: environment, client: client),
    ]
    for store in stores {
      var dumped = ""
      dump(store, to: &dumped)
      #expect(!"\(store)\(String(reflecting: store))\(dumped)".contains("hunter2"))
    }
  }
}
