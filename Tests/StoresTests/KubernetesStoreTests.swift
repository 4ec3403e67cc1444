import Foundation
import HTTP
import Rotation
import Stores
import TestSupport
import Testing

/// By a stand-in for Kubernetes: it answers as a real one was seen to.
@Suite struct KubernetesStoreTests {
  private let folder = TemporaryFolder()
  private let engine: StandIn

  init() throws {
    let authority = try CertificateAuthority()
    let certificate = try authority.issue(for: "IP:127.0.0.1")
    folder.write(try String(contentsOfFile: authority.file, encoding: .utf8), to: "ca.crt")
    folder.write("writer\n", to: "token")
    engine = try StandIn("kubernetes", certificate.file, certificate.keyFile)
  }

  private func store(
    _ place: String, port: Int? = nil, folder: TemporaryFolder? = nil
  ) throws -> KubernetesStore {
    try KubernetesStore(
      place: place,
      environment: [
        "KUBERNETES_SERVICE_HOST": "127.0.0.1",
        "KUBERNETES_SERVICE_PORT": "\(port ?? engine.port)",
      ], client: HTTPClient.open(environment: [:]), folder: (folder ?? self.folder).path)
  }

  /// The Secret as the stand-in has it.
  private func secret(_ name: String) throws -> [String: Any] {
    let outcome = try Child.run(
      "/usr/bin/curl",
      [
        "--noproxy", "*", "-sk", "-H", "Authorization: Bearer reader",
        "https://127.0.0.1:\(engine.port)/api/v1/namespaces/web/secrets/\(name)",
      ])
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(object as? [String: Any])
  }

  @Test("Kubernetes keeps the contract, by a stand-in")
  func contract() throws {
    let nobody = try LoopbackPort()
    let reader = TemporaryFolder()
    reader.write(try #require(folder.bytes("ca.crt")), to: "ca.crt")
    reader.write("reader", to: "token")
    let authority = try CertificateAuthority()
    let certificate = try authority.issue(for: "IP:127.0.0.1")
    let other = TemporaryFolder()
    other.write(try String(contentsOfFile: authority.file, encoding: .utf8), to: "ca.crt")
    other.write("writer", to: "token")
    let page = try TLSPage(certificate)
    try checkContract(
      of: Stage(
        store: try store("web/x-token"), restricted: try store("web/x-token", folder: reader),
        unreachable: try store("web/x-token", port: nobody.number),
        mangled: try store("web/x-token", port: page.port, folder: other),
        kept: [nobody, page, reader, other]))
  }

  @Test("whatever else is in the object stays, byte for byte; what was ours goes")
  func kept() throws {
    let store = try store("web/shared")
    let before = try secret("shared")
    let found = try #require(try store.read(within: 10))
    #expect(found.values.keys.sorted() == ["X_OAUTH2_ACCESS_TOKEN", "logo"])
    let swap = try store.swap(
      found.values.merging(["XAUTH_STATE": "1", "X_OAUTH2_ACCESS_TOKEN": ""]) { $1 },
      over: found.revision, within: 10)
    #expect(swap.revision != nil)
    let after = try secret("shared")
    for name in ["annotations", "generation", "managedFields", "uid"] {
      let values = [before, after].map { ($0["metadata"] as? [String: Any])?[name] as? NSObject }
      #expect(values[0] != nil && values[0] == values[1], "\(name)")
    }
    #expect(after["type"] as? String == "Opaque")
    #expect(
      after["data"] as? [String: String]
        == ["logo": "/wD+", "X_OAUTH2_ACCESS_TOKEN": "", "XAUTH_STATE": "MQ=="])
    let last = try #require(swap.revision)
    #expect(try store.swap(["XAUTH_STATE": "2"], over: last, within: 10).revision != nil)
    #expect(
      try secret("shared")["data"] as? [String: String] == ["logo": "/wD+", "XAUTH_STATE": "Mg=="])
  }

  @Test("a Secret that isn't there is made by a person, as the hint says")
  func none() throws {
    let store = try store("web/none")
    let hint = StoreFailure.noSuchPlace(hint: "kubectl -n web create secret generic none")
    #expect(failure { _ = try store.read(within: 10) } == hint)
    #expect(failure { _ = try store.swap([:], over: nil, within: 10) } == hint)
  }

  @Test("one that is immutable is a setting that is wrong")
  func immutable() throws {
    let store = try store("web/fixed")
    let failure = failure { _ = try store.swap(["XAUTH_STATE": "1"], over: nil, within: 10) }
    #expect(failure?.isSettings == true)
  }

  @Test("the token is read anew for each request")
  func renewedToken() throws {
    let store = try store("web/x-token")
    folder.write("ended", to: "token")
    #expect(failure { _ = try store.read(within: 10) }?.isNotAllowed == true)
    folder.write("writer", to: "token")
    #expect(try store.read(within: 10) == nil)
    try FileManager.default.removeItem(atPath: folder.file("token"))
    #expect(failure { _ = try store.read(within: 10) }?.isSettings == true)
  }
}

/// A web page where Kubernetes should be.
private final class TLSPage {
  let port: Int
  private let child: Child

  init(_ certificate: Certificate) throws {
    child = try Child(
      "/usr/bin/openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate.file]
        + ["-key", certificate.keyFile])
    let child = child
    func port() -> Int? {
      child.outputSoFar.split(separator: "\n").first { $0.hasPrefix("ACCEPT 127.0.0.1:") }
        .flatMap { Int($0.dropFirst("ACCEPT 127.0.0.1:".count)) }
    }
    try #require(eventually(within: 60) { port() != nil })
    self.port = try #require(port())
  }

  deinit {
    child.signal(SIGKILL)
    _ = child.wait()
  }
}
