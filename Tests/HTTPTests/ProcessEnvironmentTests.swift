import Foundation
import HTTP
import TestSupport
import Testing

/// Each in a process of its own, whose environment the tests may change.
@Suite struct ProcessEnvironmentTests {
  @Test("no proxy of the process environment is used, and none of its exceptions")
  func proxies() async {
    await #expect(processExitsWith: .success) {
      let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
      let dead = try LoopbackPort()
      for name in ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        setenv(name, "http://127.0.0.1:\(dead.number)", 1)
      }
      let server = try ScriptedServer(answer: answer)
      #expect(try client().send(tokenRequest(server.url()), timeout: 10).status == 200)
      let unproxied = sendFailure(of: tokenRequest("http://api.test.invalid/"), by: try client())
      #expect(unproxied?.cause == .noSuchHost)

      setenv("no_proxy", "*", 1)
      setenv("NO_PROXY", "*", 1)
      let proxied = try client(["http_proxy": server.url()])
      let response = try proxied.send(tokenRequest("http://api.test.invalid/"), timeout: 10)
      #expect(response.status == 200)
    }
  }

  @Test(
    "no certificate authority of the process environment is trusted, and none stands in the way")
  func authorities() async {
    await #expect(processExitsWith: .success) {
      let authority = try CertificateAuthority()
      let server = try TLSServer(authority.issue(for: "IP:127.0.0.1"))
      for name in ["SSL_CERT_FILE", "CURL_CA_BUNDLE"] { setenv(name, authority.file, 1) }
      let distrusted = sendFailure(of: plainRequest(server.url()), by: try client())
      #expect(distrusted?.cause == .certificateNotTrusted)
      let library = try client(["SSL_CERT_DIR": "/nonexistent"])
      #expect(
        sendFailure(of: plainRequest(server.url()), by: library)?.cause == .certificateNotTrusted)

      for name in ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "SSL_CERT_DIR"] {
        setenv(name, "/nonexistent", 1)
      }
      let trusting = try client(["SSL_CERT_FILE": authority.file])
      #expect(try trusting.send(plainRequest(server.url()), timeout: 10).status == 200)
    }
  }

  @Test("a netrc file in the home folder isn't read")
  func netrc() async {
    await #expect(processExitsWith: .success) {
      let home = TemporaryFolder()
      home.write("machine 127.0.0.1 login user password pass\n", to: ".netrc")
      setenv("HOME", home.path, 1)
      let server = try ScriptedServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      let request = HTTPRequest(method: .get, url: server.url())
      _ = try client().send(request, timeout: 10)
      #expect(server.requests.first?.contains("Authorization") == false)
    }
  }

  @Test("a server that hangs up while a request is being sent is a lost connection")
  func brokenPipe() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_IGN)
      let server = try ScriptedServer { peer in
        peer.waitForData()
        peer.reset()
      }
      let body = [UInt8](repeating: 7, count: 16 << 20)
      let request = HTTPRequest(method: .post, url: server.url(), body: body)
      #expect(sendFailure(of: request, by: try client())?.cause == .connectionLost)
    }
  }
}
