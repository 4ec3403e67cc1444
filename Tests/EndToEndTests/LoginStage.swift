import Foundation
import TestSupport
import Testing

/// A login's surroundings: a sandbox that plays X, a folder with a `.env`, a callback port, and curl
/// as the browser.
final class LoginStage: Sendable {
  /// What the browser ended on.
  struct Page {
    let status: Int
    let address: String
    let html: String

    /// The heading, which says what happened.
    var heading: String {
      guard let start = html.range(of: "<h1>"), let end = html.range(of: "</h1>") else { return "" }
      return String(html[start.upperBound..<end.lowerBound])
    }
  }

  let folder = TemporaryFolder()
  let redirectURI: String
  /// Where the sandbox is.
  let api: String
  private let callback: LoopbackPort
  private let sandbox: RunningSandbox

  /// Starts the sandbox and writes the `.env` of a project that has never signed in.
  ///
  /// - Parameters:
  ///   - arguments: the sandbox's.
  ///   - registered: the redirect URI that the sandbox knows, if not the one that is used.
  ///   - tls: a certificate for https.
  ///   - host: the redirect URI's, an IPv6 address in brackets.
  ///   - settings: further lines of the `.env`.
  init(
    sandbox arguments: [String] = ["--auto-approve"], registered: String? = nil,
    tls: TestCertificate? = nil, host: String = "127.0.0.1", settings: [String] = []
  ) throws {
    let scheme = tls == nil ? "http" : "https"
    callback = try LoopbackPort()
    redirectURI = "\(scheme)://\(host):\(callback.number)/oauth/callback"
    sandbox = try RunningSandbox(
      ["--log", folder.file("sandbox.log"), "--redirect-uri", registered ?? redirectURI] + arguments
    )
    api = sandbox.address
    var lines = [
      "X_API_BASE_URL=\(api)", "X_OAUTH2_AUTHORIZE_URL=\(api)/i/oauth2/authorize",
      "CLIENT_ID=sandbox-client", "X_OAUTH_CALLBACK_PORT=\(callback.number)",
    ]
    if let tls {
      lines += ["TLS_CERT_FILE=\(tls.certificate)", "TLS_KEY_FILE=\(tls.key)"]
    }
    if host != "127.0.0.1" { lines += ["X_OAUTH_CALLBACK_HOST=\(host)"] }
    folder.write((lines + settings).joined(separator: "\n") + "\n", to: ".env")
    folder.write(
      """
      #!/bin/sh
      curl --noproxy '*' --silent --show-error --location --max-time 30 \(tls?.curlOption ?? "") \\
        --output page.html --write-out '%{http_code} %{url_effective}' "$1" > page.part 2> page.err
      mv page.part page.end

      """, to: "browser", mode: 0o700)
  }

  /// The callback's port.
  var port: Int { callback.number }

  /// Has another program listen on the callback port.
  func occupyPort() { callback.listen() }

  /// Takes the client ID out of the `.env`, as it is at a first login; returns what is left.
  @discardableResult
  func forgetClient(adding settings: String = "") -> String {
    let file = folder.text(".env") ?? ""
    let left = file.replacing("CLIENT_ID=sandbox-client\n", with: "") + settings
    folder.write(left, to: ".env")
    return left
  }

  /// Nothing of the machine's environment: the programs that a login starts are found on PATH.
  static let environment = ["PATH": "/usr/bin:/bin"]

  /// Starts a login and leaves it waiting.
  func start(
    _ arguments: [String] = ["--no-browser"], environment: [String: String] = [:]
  ) throws -> Child {
    let all = Self.environment.merging(environment) { $1 }
    return try Child(
      Child.built("xauth"), ["login"] + arguments, environment: all, folder: folder.path)
  }

  /// Runs a login to its end, with curl as the browser.
  func login(
    _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> Child.Outcome {
    try start(["--browser", folder.file("browser")] + arguments, environment: environment).wait()
  }

  /// A browser that is signed in to X as `account`.
  func browser(of account: String) -> String {
    folder.write(
      """
      #!/bin/sh
      next=$(curl --noproxy '*' --silent --output /dev/null --write-out '%{redirect_url}' "$1")
      curl --noproxy '*' --silent --location --max-time 30 --cookie sandbox-account=\(account) \\
        --output page.html --write-out '%{http_code} %{url_effective}' "$next" > page.part
      mv page.part page.end

      """, to: "browser-of-\(account)", mode: 0o700)
  }

  /// Runs another command on the same `.env`.
  func run(_ arguments: String...) throws -> Child.Outcome {
    try Child.run(
      Child.built("xauth"), arguments, environment: Self.environment, folder: folder.path)
  }

  /// Opens the address as the browser would, to its end.
  func browse(_ address: String) throws {
    _ = try Child.run(
      folder.file("browser"), [address], environment: Self.environment, folder: folder.path)
  }

  /// What the browser ended on; nil if it got nowhere.
  var page: Page? {
    _ = eventually(within: 5) { folder.text("page.end") != nil }
    let parts = (folder.text("page.end") ?? "").split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let status = Int(parts[0]), status != 0 else { return nil }
    return Page(
      status: status, address: String(parts[1]), html: folder.text("page.html") ?? "")
  }

  /// The value of a key in the `.env`; nil when it is absent.
  func value(_ key: String) -> String? {
    (folder.text(".env") ?? "").split(separator: "\n").last { $0.hasPrefix("\(key)=") }
      .map { String($0.dropFirst(key.count + 1)) }
  }

  /// Waits until a login that has its code has proved the save once more, under the lock, and holds
  /// signals back: the next is the request.
  func awaitsExchange(by child: Child) -> Bool {
    eventually {
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: folder.file(".env.xauth"))
      return names?.contains { $0.hasPrefix("new-") } == true && child.catches(SIGINT)
    }
  }

  /// What the sandbox was asked for, and how it ended.
  var log: String { folder.text("sandbox.log") ?? "" }
}

extension Child {
  /// Whether the program has a handler for `signal` at this moment (proc(5)).
  func catches(_ signal: Int32) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") } ?? ""
    let mask = line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
    return mask >> UInt64(signal - 1) & 1 == 1
  }

  /// The short address that a waiting login has started a browser with, once it is there.
  func startAddress() -> String {
    var found: Substring?
    _ = eventually {
      found = errorsSoFar.split(separator: "\n").first { $0.hasPrefix("Opening http") }
      return found != nil && errorsSoFar.contains("waiting")
    }
    return found?.split(separator: " ").dropFirst().first.map(String.init) ?? ""
  }

  /// The address that a waiting login prints, once it is there.
  func authorizeAddress() -> String {
    var found: Substring?
    _ = eventually {
      found = errorsSoFar.split(separator: "\n").first {
        $0.hasPrefix("http") && $0.contains("/i/oauth2/authorize?")
      }
      return found != nil && errorsSoFar.contains("waiting")
    }
    return String(found ?? "")
  }
}

extension Child.Outcome {
  /// The object on standard output; empty if that isn't exactly one.
  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
  }

  /// The members of `error` in it.
  var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
}
