import Foundation
import HTTP
import Rotation
import Stores
import TestSupport
import Testing

/// A real etcd, which scripts/bootstrap brings: no test is skipped without it.
@Suite(.serialized) struct EtcdStoreTests {
  private func store(
    _ endpoints: String, _ more: [String: String] = [:]
  ) throws -> EtcdStore {
    let environment = more.merging(["ETCDCTL_ENDPOINTS": endpoints]) { $1 }
    return try EtcdStore(
      place: "x-token", environment: environment, client: HTTPClient.open(environment: [:]))
  }

  private func stage(
    _ etcd: RunningEtcd, _ settings: [String: String] = [:], restricted: [String: String]? = nil
  ) throws -> Stage {
    let nobody = try LoopbackPort()
    let mangled = try StandIn("say", "200", #"{"kvs":[],"succeeded":true}"#)
    let all = etcd.addresses.joined(separator: ",")
    return Stage(
      store: try store(all, settings), restricted: try restricted.map { try store(all, $0) },
      unreachable: try store("http://127.0.0.1:\(nobody.number)"),
      mangled: try store(mangled.url), kept: [etcd, nobody, mangled])
  }

  /// Sends what an administrator would have etcdctl send.
  private func administer(
    _ etcd: RunningEtcd, _ calls: [(path: String, body: String)], token: String = ""
  ) throws {
    for (path, body) in calls { _ = try ask(etcd, path, body, token: token) }
  }

  private func ask(
    _ etcd: RunningEtcd, _ path: String, _ body: String, token: String = ""
  ) throws -> [UInt8] {
    let request = HTTPRequest(
      method: .post, url: "\(etcd.addresses[0])/v3/\(path)",
      headers: token.isEmpty ? [] : [("Authorization", token)],
      body: Array(body.utf8))
    let answer = try HTTPClient.open(environment: [:]).send(request, timeout: 10)
    try #require(answer.status == 200, "\(path): \(String(decoding: answer.body, as: UTF8.self))")
    return answer.body
  }

  private static let addingUsers = [
    ("auth/user/add", #"{"name":"root","password":"p"}"#),
    ("auth/user/grant", #"{"user":"root","role":"root"}"#),
    ("auth/user/add", #"{"name":"writer","password":"p:w"}"#),
    ("auth/user/add", #"{"name":"reader","password":"r"}"#),
    ("auth/role/add", #"{"name":"both"}"#), ("auth/role/add", #"{"name":"read"}"#),
    (
      "auth/role/grant",
      #"{"name":"both","perm":{"permType":"READWRITE","key":"eC10b2tlbg=="}}"#
    ),
    ("auth/role/grant", #"{"name":"read","perm":{"permType":"READ","key":"eC10b2tlbg=="}}"#),
    ("auth/user/grant", #"{"user":"writer","role":"both"}"#),
    ("auth/user/grant", #"{"user":"reader","role":"read"}"#), ("auth/enable", "{}"),
  ]

  @Test("etcd keeps the contract")
  func plain() throws { try checkContract(of: try stage(RunningEtcd())) }

  @Test("so it does with users, of whom each may do what its role says")
  func users() throws {
    let etcd = try RunningEtcd()
    try administer(etcd, Self.addingUsers)
    try checkContract(
      of: try stage(
        etcd, ["ETCDCTL_USER": "writer:p:w"], restricted: ["ETCDCTL_USER": "reader:r"]))

    let address = etcd.addresses[0]
    let wrong = failure {
      _ = try store(address, ["ETCDCTL_USER": "writer:hunter2"]).read(within: 10)
    }
    #expect(wrong?.isNotAllowed == true)
    #expect(wrong?.words.contains("hunter2") == false)
    let nobody = failure { _ = try store(address).read(within: 10) }
    #expect(nobody?.words.contains("ETCDCTL_USER") == true)
  }

  @Test("a user's token that has ended is replaced, and the call done once")
  func endedToken() throws {
    let etcd = try RunningEtcd()
    try administer(etcd, Self.addingUsers)
    let store = try store(etcd.addresses[0], ["ETCDCTL_USER": "writer:p:w"])
    let first = try #require(try store.swap(["XAUTH_STATE": "1"], over: nil, within: 10).revision)
    // A user's new password, the old one among them, ends all tokens.
    struct Authenticated: Decodable { let token: String }
    let answer = try ask(etcd, "auth/authenticate", #"{"name":"root","password":"p"}"#)
    try administer(
      etcd, [("auth/user/changepw", #"{"name":"writer","password":"p:w"}"#)],
      token: try JSONDecoder().decode(Authenticated.self, from: Data(answer)).token)
    #expect(try store.swap(["XAUTH_STATE": "2"], over: first, within: 10).revision != nil)
  }

  @Test("a user's name for an etcd without users is a setting that is wrong")
  func userWithoutUsers() throws {
    let etcd = try RunningEtcd()
    let store = try store(etcd.addresses[0], ["ETCDCTL_USER": "writer:p"])
    #expect(failure { _ = try store.read(within: 10) }?.isSettings == true)
  }

  @Test("with TLS it shows the client's certificate, which etcd asks for")
  func clientCertificate() throws {
    let authority = try CertificateAuthority()
    let server = try authority.issue(for: "IP:127.0.0.1")
    let client = try authority.issue(for: "DNS:host")
    let etcd = try RunningEtcd(
      scheme: "https",
      options: [
        "--cert-file", server.file, "--key-file", server.keyFile, "--client-cert-auth",
        "--trusted-ca-file", authority.file,
      ])
    let settings = [
      "ETCDCTL_CACERT": authority.file, "ETCDCTL_CERT": client.file, "ETCDCTL_KEY": client.keyFile,
    ]
    try checkContract(of: try stage(etcd, settings))

    let address = etcd.addresses[0]
    let without = try store(address, ["ETCDCTL_CACERT": authority.file])
    #expect(failure { _ = try without.swap([:], over: nil, within: 10) } != nil)
    let stranger = try store(address)
    #expect(failure { _ = try stranger.read(within: 10) }?.isNotSent == true)
    #expect(try store(address, settings).read(within: 10) != nil)
  }

  @Test("of three members one may be gone, whichever it is; of two it can't be told")
  func members() throws {
    let etcd = try RunningEtcd(members: 3)
    let store = try store(etcd.addresses.joined(separator: ","))
    var revision = try #require(
      try store.swap(["XAUTH_STATE": "1"], over: nil, within: 20).revision)
    etcd.kill(0)
    // It may have been the leader: until there is another, etcd answers that it can't tell.
    var swap: StoreSwap?
    let isSwapped = eventually(within: 60) {
      let found = (try? store.read(within: 20))??.revision
      swap = try? store.swap(["XAUTH_STATE": "2"], over: found, within: 20)
      return swap?.revision != nil
    }
    #expect(isSwapped)
    revision = try #require(swap?.revision)
    #expect(
      try store.read(within: 20) == StoredEntries(["XAUTH_STATE": "2"], at: revision))

    etcd.kill(1)
    let alone = failure { _ = try store.swap(["XAUTH_STATE": "3"], over: revision, within: 2) }
    #expect(alone?.isUnknown == true, "\(String(describing: alone))")
    #expect(failure { _ = try store.read(within: 3) } != nil)
  }

  @Test("a swap that may have been read is sent to no second server; a read is")
  func nextServer() throws {
    let etcd = try RunningEtcd()
    // It takes connections, and says nothing.
    let silent = try LoopbackPort(backlog: 8)
    let both = "http://127.0.0.1:\(silent.number),\(etcd.addresses[0])"
    let swap = failure { _ = try self.store(both).swap([:], over: nil, within: 2) }
    #expect(swap?.isUnknown == true)
    #expect(try self.store(etcd.addresses[0]).read(within: 10) == nil)

    // Without a scheme, as etcdctl takes them.
    let store = try self.store(both.replacing("http://", with: ""))
    #expect(try store.read(within: 4) == nil)
    // The one that answered is the first from now on.
    #expect(try store.swap(["XAUTH_STATE": "1"], over: nil, within: 10).revision != nil)
  }

  @Test(
    "a key that holds something else is somebody else's",
    arguments: [
      "hello", "[1]", #"{"a":1}"#, "", #"{"a":""# + String(repeating: "a", count: 65_536),
    ])
  func foreign(value: String) throws {
    let etcd = try RunningEtcd()
    let encoded = Data(value.utf8).base64EncodedString()
    try administer(etcd, [("kv/put", #"{"key":"eC10b2tlbg==","value":"\#(encoded)"}"#)])
    #expect(failure { _ = try store(etcd.addresses[0]).read(within: 10) } == .foreignData)
  }

  @Test("what is too large isn't sent")
  func tooLarge() throws {
    let store = try store("http://127.0.0.1:1")
    let large = ["XAUTH_STATE": String(repeating: "a", count: 65_536)]
    let failure = failure { _ = try store.swap(large, over: nil, within: 10) }
    #expect(failure?.words.contains("64 KiB") == true)
  }
}
