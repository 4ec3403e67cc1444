import Foundation
import HTTP
import TestSupport
import Testing

@Suite struct CertificateTests {
  private let authority: CertificateAuthority
  private let good = "DNS:localhost,DNS:api.test.invalid,IP:127.0.0.1"

  init() throws { authority = try CertificateAuthority() }

  private func trusting() throws -> HTTPClient { try client(["SSL_CERT_FILE": authority.file]) }

  /// The cause of a failure before anything was sent.
  private func cause(_ server: TLSServer, _ client: HTTPClient) throws -> HTTPFailure.Cause {
    let failure = try #require(sendFailure(of: plainRequest(server.url()), by: client))
    #expect(!failure.mayHaveReachedServer)
    #expect(failure.host == "127.0.0.1")
    #expect(!failure.detail.isEmpty)
    return failure.cause
  }

  @Test(
    "a private authority named by the environment is trusted",
    arguments: ["SSL_CERT_FILE", "CURL_CA_BUNDLE"])
  func privateAuthority(variable: String) throws {
    let server = try TLSServer(authority.issue(for: good))
    let client = try client([variable: authority.file])
    for host in ["127.0.0.1", "localhost"] {
      #expect(try client.send(plainRequest(server.url(host: host)), timeout: 10).status == 200)
    }
  }

  @Test("a hashed folder named by the environment is trusted")
  func hashedFolder() throws {
    let folder = TemporaryFolder()
    folder.write(try String(contentsOfFile: authority.file, encoding: .utf8), to: "ca.pem")
    #expect(try Child.run("/usr/bin/openssl", ["rehash", folder.path]).status == 0)
    let server = try TLSServer(authority.issue(for: good))
    let client = try client(["SSL_CERT_DIR": folder.path])
    #expect(try client.send(plainRequest(server.url()), timeout: 10).status == 200)
  }

  @Test("without it, the same certificate isn't")
  func unknownAuthority() throws {
    let server = try TLSServer(authority.issue(for: good))
    #expect(try cause(server, client()) == .certificateNotTrusted)
  }

  @Test("a certificate that only itself vouches for isn't trusted")
  func selfSigned() throws {
    let server = try TLSServer(authority.selfSigned())
    #expect(try cause(server, trusting()) == .certificateNotTrusted)
  }

  @Test("an expired certificate is told from an untrusted one")
  func expired() throws {
    let server = try TLSServer(authority.issue(for: good, from: 2020, to: 2021))
    #expect(try cause(server, trusting()) == .certificateExpired)
  }

  @Test("so is one that begins later")
  func notYetValid() throws {
    let server = try TLSServer(authority.issue(for: good, from: 2048, to: 2049))
    #expect(try cause(server, trusting()) == .certificateNotYetValid)
  }

  @Test("and one for another host", arguments: ["DNS:api.x.com", "IP:127.0.0.2", "DNS:127.0.0.1"])
  func anotherHost(names: String) throws {
    let server = try TLSServer(authority.issue(for: names))
    #expect(try cause(server, trusting()) == .certificateForAnotherHost)
  }

  @Test("a server that speaks TLS 1.1 at most is refused", arguments: ["-tls1", "-tls1_1"])
  func oldProtocol(option: String) throws {
    let server = try TLSServer(
      authority.issue(for: good), options: [option, "-cipher", "DEFAULT:@SECLEVEL=0"])
    #expect(try cause(server, trusting()) == .tlsFailed)
  }

  @Test("TLS 1.2 and 1.3 will do", arguments: ["-tls1_2", "-tls1_3"])
  func newProtocol(option: String) throws {
    let server = try TLSServer(authority.issue(for: good), options: [option])
    #expect(try trusting().send(plainRequest(server.url()), timeout: 10).status == 200)
  }

  @Test("plain text on a TLS port is no TLS, and nothing was sent")
  func plainText() throws {
    let server = try ScriptedServer { peer in
      peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
      peer.waitForEnd()
    }
    let request = tokenRequest("https://127.0.0.1:\(server.port)/")
    let failure = try #require(try sendFailure(of: request, by: client()))
    #expect(failure.cause == .tlsFailed)
    #expect(!failure.mayHaveReachedServer)
  }

  @Test(
    "a connection that ends in the handshake is no TLS, and nothing was sent",
    arguments: [true, false])
  func endInHandshake(byReset: Bool) throws {
    let server = try ScriptedServer { peer in
      _ = peer.receive()
      if byReset { peer.reset() }
    }
    let request = tokenRequest("https://127.0.0.1:\(server.port)/")
    let failure = try #require(try sendFailure(of: request, by: client()))
    #expect(failure.cause == .tlsFailed)
    #expect(!failure.mayHaveReachedServer)
  }

  @Test("an unreadable file of authorities is named", arguments: [nil, "", "no certificate\n"])
  func unreadableFile(content: String?) throws {
    let folder = TemporaryFolder()
    if let content { folder.write(content, to: "ca.pem") }
    let server = try TLSServer(authority.issue(for: good))
    let client = try client(["SSL_CERT_FILE": folder.file("ca.pem")])
    #expect(try cause(server, client) == .caFileUnreadable(path: folder.file("ca.pem")))
  }
}
