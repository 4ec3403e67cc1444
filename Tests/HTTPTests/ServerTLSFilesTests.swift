import Foundation
import HTTP
import TestSupport
import Testing

/// A server with an authority of its own, which may ask clients for a certificate.
@Suite struct ServerTLSFilesTests {
  private let authority: CertificateAuthority

  init() throws { authority = try CertificateAuthority() }

  private func server(_ options: [String] = []) throws -> TLSServer {
    try TLSServer(authority.issue(for: "IP:127.0.0.1"), options: options)
  }

  private func request(_ server: TLSServer, _ tls: TLSFiles) -> HTTPRequest {
    HTTPRequest(method: .get, url: server.url(), tls: tls)
  }

  @Test("its own authority counts for it, and the client's then doesn't")
  func authorities() throws {
    let server = try server()
    let other = try CertificateAuthority()
    let own = request(server, TLSFiles(authorities: authority.file))
    #expect(try client(["SSL_CERT_FILE": other.file]).send(own, timeout: 10).status == 200)
    let foreign = request(server, TLSFiles(authorities: other.file))
    let failure = try sendFailure(of: foreign, by: client(["SSL_CERT_FILE": authority.file]))
    #expect(failure?.cause == .certificateNotTrusted)
  }

  @Test("one that can't be read is named")
  func unreadableAuthorities() throws {
    let server = try server()
    let request = request(server, TLSFiles(authorities: "/nowhere.pem"))
    let failure = try sendFailure(of: request, by: client())
    #expect(failure?.cause == .caFileUnreadable(path: "/nowhere.pem"))
  }

  @Test("a certificate is shown to a server that asks for one", arguments: [true, false])
  func certificate(inOneFile: Bool) throws {
    let server = try server(["-Verify", "1", "-verify_return_error", "-CAfile", authority.file])
    let own = try authority.issue(for: "DNS:host")
    var tls = TLSFiles(authorities: authority.file, certificate: own.file, key: own.keyFile)
    let folder = TemporaryFolder()
    if inOneFile {
      let both = try [own.file, own.keyFile].map { try String(contentsOfFile: $0, encoding: .utf8) }
      let file = folder.write(both.joined(), to: "both.pem")
      tls = TLSFiles(authorities: authority.file, certificate: file)
    }
    #expect(try client().send(request(server, tls), timeout: 10).status == 200)
    let without = request(server, TLSFiles(authorities: authority.file))
    #expect(try sendFailure(of: without, by: client()) != nil)
  }

  @Test("an encrypted key is refused, and nobody is asked for its passphrase")
  func encryptedKey() throws {
    let own = try authority.issue(for: "DNS:host")
    let folder = TemporaryFolder()
    let key = folder.file("key")
    try OpenSSLProgram.run(
      ["pkey", "-in", own.keyFile, "-aes256", "-passout", "pass:hunter2", "-out", key])
    let tls = TLSFiles(authorities: authority.file, certificate: own.file, key: key)
    let server = try server()
    var failure: HTTPFailure?
    let taken = try seconds { failure = try sendFailure(of: request(server, tls), by: client()) }
    #expect(failure?.cause == .other)
    #expect(failure?.mayHaveReachedServer == false)
    #expect(taken < 8)
  }
}
