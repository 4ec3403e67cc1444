import Foundation
import TestSupport
import Testing

@testable import Sandbox

@Suite("The program xauth-sandbox")
struct ProgramTests {
  private let program = Child.built("xauth-sandbox")

  private func curl(_ arguments: [String]) throws -> String {
    try Child.run(
      "/usr/bin/curl",
      ["--silent", "--show-error", "--noproxy", "*", "--max-time", "20"] + arguments
    ).output
  }

  @Test("it greets with its address and a usable .env, and ends with 0 on either signal")
  func signals() throws {
    for signal in [SIGTERM, SIGINT] {
      let sandbox = try RunningSandbox()
      let address = sandbox.address
      #expect(address.hasPrefix("http://127.0.0.1:"))
      #expect(sandbox.settings.contains("X_API_BASE_URL=\(address)"))
      #expect(sandbox.settings.contains("X_OAUTH2_AUTHORIZE_URL=\(address)/i/oauth2/authorize"))
      #expect(try curl(["\(address)/"]).contains("This is not X"))
      sandbox.child.signal(signal)
      #expect(sandbox.child.wait().status == 0)
    }
  }

  @Test("a whole login, a refresh and the account, over http")
  func login() throws {
    let folder = TemporaryFolder()
    let sandbox = try RunningSandbox([
      "--auto-approve", "--client-id=app", "--log", folder.file("l"),
    ])
    let address = sandbox.address
    let redirect = try curl([
      "--output", "/dev/null", "--write-out", "%{redirect_url}",
      "\(address)/i/oauth2/authorize?\(Trial.query())",
    ])
    let code = URLComponents(string: redirect)?.queryItems?.first { $0.name == "code" }?.value
    let login = try curl([
      "\(address)/2/oauth2/token", "--data",
      Trial.form([
        "grant_type": "authorization_code", "client_id": "app", "code": code ?? "",
        "redirect_uri": Trial.redirectURI, "code_verifier": Trial.verifier,
      ]),
    ])
    let first = try JSONDecoder().decode(Trial.Tokens.self, from: Data(login.utf8))
    let refresh = try curl([
      "\(address)/2/oauth2/token", "--data",
      "grant_type=refresh_token&client_id=app&refresh_token=\(first.refresh_token ?? "")",
    ])
    let second = try JSONDecoder().decode(Trial.Tokens.self, from: Data(refresh.utf8))
    let account = try curl([
      "\(address)/2/users/me", "--header", "Authorization: Bearer \(second.access_token)",
    ])
    #expect(account.contains(#""username":"sandbox""#))
    let log = try #require(folder.text("l"))
    #expect(log.split(separator: "\n").count == 4)
    #expect(log.contains(#""outcome":"refreshed","presented_generation":1"#))
    #expect(!log.contains("sandbox-refresh-"))
  }

  @Test("it speaks https, and tells a plain request so")
  func https() throws {
    let made = try CertificateAuthority().selfSigned()
    let sandbox = try RunningSandbox(["--tls-cert", made.file, "--tls-key", made.keyFile])
    let address = sandbox.address
    #expect(address.hasPrefix("https://"))
    #expect(
      try curl(["--cacert", made.file, "\(address)/"]).contains("This is not X"))
    let port = try #require(URLComponents(string: address)?.port)
    #expect(RawClient.exchange(port, "GET / HTTP/1.1\r\n\r\n").contains("This port speaks https."))
  }

  @Test("a start that fails says why on standard error: 2 for usage, else 1")
  func failures() throws {
    let folder = TemporaryFolder()
    folder.write("no certificate", to: "bad.pem")
    let usage = try Child.run(program, ["--nope"])
    #expect(usage.status == 2)
    #expect(usage.output == "")
    #expect(usage.errors.hasPrefix("xauth-sandbox: unknown argument --nope"))
    let log = try Child.run(program, ["--port=0", "--log", folder.file("no/where")])
    #expect(log.status == 1)
    #expect(log.errors.contains("No such file or directory"))
    let bad = folder.file("bad.pem")
    let tls = try Child.run(program, ["--port=0", "--tls-cert", bad, "--tls-key", bad])
    #expect(tls.status == 1)
    #expect(tls.errors.contains("no certificate in PEM in \(bad)"))
  }

  @Test("a key with a password is refused at once, not asked for on the terminal")
  func encryptedKey() throws {
    let folder = TemporaryFolder()
    try OpenSSLProgram.run([
      "req", "-x509", "-newkey", "rsa:2048", "-passout", "pass:x", "-subj", "/CN=h", "-keyout",
      folder.file("key.pem"), "-out", folder.file("cert.pem"),
    ])
    let outcome = try Child.run(
      program,
      ["--port=0", "--tls-cert", folder.file("cert.pem"), "--tls-key", folder.file("key.pem")])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("no private key"))
  }

  @Test("--help goes to standard output and ends with 0")
  func help() throws {
    let outcome = try Child.run(program, ["--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output == Options.help)
    #expect(outcome.errors == "")
  }
}
