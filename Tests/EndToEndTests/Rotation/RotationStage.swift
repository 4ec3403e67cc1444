import Foundation
import TestSupport
import Testing

/// A rotation's surroundings: a sandbox that plays X and ends the whole grant when a spent refresh
/// token comes again, and a folder with a `.env` that holds a grant of it, due for renewal.
final class RotationStage: @unchecked Sendable {
  /// One line of the sandbox's log.
  struct Event: Decodable {
    let route: String
    let outcome: String
    let refresh_sha256: String?
  }

  let folder = TemporaryFolder()
  private let api: String
  private let port: LoopbackPort
  private let sandbox: RunningSandbox
  /// The redirect URI that has this port and otherwise the defaults.
  private let redirectURI: String

  /// Starts the sandbox with these further arguments, and gets a grant from it.
  init(sandbox arguments: [String] = []) throws {
    port = try LoopbackPort()
    redirectURI = "http://127.0.0.1:\(port.number)/oauth/callback"
    sandbox = try RunningSandbox(
      [
        "--auto-approve", "--family-revocation", "--log", folder.file("log"),
        "--redirect-uri", redirectURI,
      ] + arguments)
    api = sandbox.address
    try signIn()
  }

  /// Ends the sandbox in the middle of whatever it does.
  func endSandbox() { sandbox.child.signal(SIGKILL) }

  var path: String { folder.file(".env") }

  /// What the `.env` holds.
  var text: String { folder.text(".env") ?? "" }

  /// Nothing of the machine's environment but what programs need.
  var environment: [String: String] { ["PATH": "/usr/bin:/bin", "HOME": folder.path] }

  /// The value of `name` in the `.env`.
  func value(_ name: String) -> String? {
    text.split(separator: "\n").last { $0.hasPrefix("\(name)=") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  var access: String? { value("X_OAUTH2_ACCESS_TOKEN") }
  var refresh: String? { value("X_OAUTH2_REFRESH_TOKEN") }

  /// What came to the sandbox's token and revocation endpoints since the grant was given.
  var events: [Event] {
    let lines = (folder.text("log") ?? "").split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Event.self, from: Data($0.utf8))
    }
    return lines.filter { $0.route.hasPrefix("/2/oauth2/") }.dropFirst(first).map { $0 }
  }

  private var first = 0

  /// What they came to, in order.
  var outcomes: [String] { events.map(\.outcome) }

  /// Runs the tool in the `.env`'s folder.
  @discardableResult
  func run(
    _ arguments: String..., environment: [String: String] = [:], seconds: Double = 30
  ) throws -> Child.Outcome {
    try start(arguments, environment: environment).wait(seconds: seconds)
  }

  /// Starts the tool in the `.env`'s folder.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Child {
    try Child(
      Child.built("xauth"), arguments, environment: self.environment.merging(environment) { $1 },
      folder: folder.path)
  }

  /// Runs the tool, which ends itself by SIGKILL once it has passed `step`.
  func runKilled(after step: String, _ arguments: [String]) throws -> Child.Outcome {
    try start(arguments, environment: ["XAUTH_DEBUG_KILL_AFTER": step]).wait()
  }

  /// The arguments of a login whose browser is curl.
  func loginArguments() -> [String] {
    let browser = folder.write(
      "#!/bin/sh\nexec curl --noproxy '*' -sL --max-time 20 -o /dev/null \"$1\"\n", to: "browser",
      mode: 0o700)
    return ["login", "--force", "--browser", browser, "--timeout", "20s"]
  }

  /// Makes the token in the file due, as time would.
  func makeDue() {
    let due = Int(Date().timeIntervalSince1970) + 120
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("X_OAUTH2_EXPIRES_AT=") ? "X_OAUTH2_EXPIRES_AT=\(due)" : String(line)
    }
    folder.write(lines.joined(separator: "\n"), to: ".env")
  }

  /// Makes the journal's records so many seconds older, as time would.
  func ageJournal(_ seconds: Int) throws {
    let program = "import journal, sys; journal.age(sys.argv[1], int(sys.argv[2]))"
    let run = try Child.run(
      "/usr/bin/env", ["python3", "-B", "-c", program, "\(path).xauth/journal", "\(seconds)"],
      environment: [
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": Repository.path + "/scripts/torture.d",
      ])
    #expect(run.status == 0, "\(run.errors)")
  }

  /// Whether the sandbox accepts the access token in the file.
  func isAlive() throws -> Bool {
    try run("show", "--check", "--json").output.contains(#""accepted":true"#)
  }

  /// Gets a grant as a browser and a client would (RFC 6749 §4.1, RFC 7636), and writes it into the
  /// `.env`, due. What the sandbox has logged by then is forgotten.
  func signIn() throws {
    // The challenge is S256 of 43 times "a".
    let verifier = String(repeating: "a", count: 43)
    let challenge = "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA"
    let authorize =
      "\(api)/i/oauth2/authorize?response_type=code&client_id=sandbox-client&state=s"
      + "&redirect_uri=\(redirectURI)&scope=users.read%20tweet.read%20offline.access"
      + "&code_challenge=\(challenge)&code_challenge_method=S256"
    let redirect = try curl(["-o", "/dev/null", "-w", "%{redirect_url}", authorize])
    let code = try #require(
      URLComponents(string: redirect)?.queryItems?.first { $0.name == "code" }?.value)
    let answer = try curl([
      "\(api)/2/oauth2/token", "-d", "grant_type=authorization_code", "-d", "code=\(code)",
      "-d", "redirect_uri=\(redirectURI)", "-d", "client_id=sandbox-client",
      "-d", "code_verifier=\(verifier)",
    ])
    struct Tokens: Decodable {
      let access_token: String
      let refresh_token: String
    }
    let tokens = try JSONDecoder().decode(Tokens.self, from: Data(answer.utf8))
    folder.write(
      """
      # a project
      X_API_BASE_URL=\(api)
      X_OAUTH2_AUTHORIZE_URL=\(api)/i/oauth2/authorize
      X_OAUTH_CALLBACK_PORT=\(port.number)
      CLIENT_ID=sandbox-client
      X_OAUTH2_ACCESS_TOKEN=\(tokens.access_token)
      X_OAUTH2_REFRESH_TOKEN=\(tokens.refresh_token)
      X_OAUTH2_EXPIRES_AT=0

      """, to: ".env")
    makeDue()
    first = 0
    first = events.count
  }

  private func curl(_ arguments: [String]) throws -> String {
    try Child.run(
      "/usr/bin/curl", ["--noproxy", "*", "-s", "--max-time", "20"] + arguments,
      environment: environment
    ).output
  }
}
