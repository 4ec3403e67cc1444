import Foundation
import TestSupport
import Testing

/// The machine of somebody who follows the README: X is the sandbox, `/srv` and `/usr/local/bin` are
/// folders of the test's own, and what isn't ours (`systemctl`, `gh`, …) is played by small scripts.
final class ReaderMachine {
  let folder = TemporaryFolder()
  private let sandbox: Child
  private let address: String
  let callbackPort: Int

  /// The project's folder and its `.env`.
  var project: String { folder.file("srv/xmcp") }
  var envFile: String { "\(project)/.env" }

  /// Starts a sandbox; `arguments` are added to its own.
  init(sandbox arguments: [String] = []) throws {
    callbackPort = try Self.freePort()
    sandbox = try Child(
      Child.built("xauth-sandbox"),
      [
        "--port", "0", "--auto-approve", "--redirect-uri",
        "http://127.0.0.1:\(callbackPort)/oauth/callback",
      ] + arguments)
    let started = sandbox
    try #require(eventually { started.outputSoFar.contains("CLIENT_ID=") })
    let lines = sandbox.outputSoFar.split(separator: "\n").map(String.init)
    address = String(lines[0].dropFirst("xauth-sandbox: ".count))
    for path in ["srv/xmcp", "bin"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(path), withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("bin/xauth"), withDestinationPath: Child.built("xauth"))
    let settings = lines.filter { $0.first?.isUppercase ?? false }
    folder.write(
      (settings + ["X_OAUTH2_SCOPES=tweet.read,users.read,bookmark.read,offline.access"])
        .map { "\($0)\n" }.joined(), to: "srv/xmcp/.env")
    play("browser", "exec curl --silent --location --output /dev/null \"$1\"")
  }

  deinit { sandbox.signal(SIGTERM) }

  /// Puts a shell script called `name` on the PATH; it keeps its arguments in `name.log`.
  func play(_ name: String, _ script: String = "") {
    let log = folder.file("\(name).log")
    folder.write(
      "#!/bin/sh\necho \"$*\" >>'\(log)'\n\(script)\n", to: "bin/\(name)", mode: 0o755)
  }

  /// How a program that is played was called, a line each time.
  func calls(of name: String) -> [String] {
    (folder.text("\(name).log") ?? "").split(separator: "\n").map(String.init)
  }

  /// The value of `name` in the project's `.env`.
  func value(_ name: String) -> String? {
    (folder.text("srv/xmcp/.env") ?? "").split(separator: "\n").last { $0.hasPrefix("\(name)=") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  /// Whether the sandbox takes this access token.
  func accepts(_ token: String) throws -> Bool {
    let bearer = token.trimmingCharacters(in: .newlines)
    return try shell(
      "curl --silent --header 'Authorization: Bearer \(bearer)' https://api.x.com/2/users/me"
    ).output.contains("\"username\"")
  }

  /// Runs `script` as the README has it, but for the places, in the project's folder.
  func shell(
    _ script: String, environment: [String: String] = [:]
  ) throws -> Child.Outcome {
    try Child.run(
      "/bin/bash", ["-euo", "pipefail", "-c", placed(script)],
      environment: baseEnvironment.merging(environment) { $1 }, folder: project)
  }

  /// Runs the lines of a crontab once, as cron does: settings, then commands in the home folder.
  func cron(_ lines: [String]) throws -> [Child.Outcome] {
    var environment = baseEnvironment
    var outcomes: [Child.Outcome] = []
    for line in lines {
      let words = line.split(separator: " ", maxSplits: 5)
      if words.count == 6, words[4] == "*" {
        outcomes.append(
          try Child.run(
            "/bin/sh", ["-c", placed(String(words[5]))], environment: environment,
            folder: folder.path))
      } else {
        let equals = try #require(line.firstIndex(of: "="))
        environment[String(line[..<equals])] = String(line[line.index(after: equals)...])
      }
    }
    return outcomes
  }

  /// A session as it would stand in the README: places and ports as there, what differs from run
  /// to run as `…`.
  func asWritten(_ text: String) -> String {
    stable(
      text.replacingOccurrences(of: folder.path, with: "")
        .replacingOccurrences(of: address.dropFirst(7), with: "127.0.0.1:8977")
        .replacingOccurrences(of: "127.0.0.1:\(callbackPort)", with: "127.0.0.1:8976")
        .replacingOccurrences(of: "127.0.0.1%3A\(callbackPort)", with: "127.0.0.1%3A8976"))
  }

  /// `text` with times, tokens and other random parts as `…`.
  func stable(_ text: String) -> String {
    let random = [
      "until [0-9-]*[ ]?[0-9:]+", "\\([0-9a-z ]+\\)|[0-9]+ h( [0-9]+ min)? left|[0-9]+ min left",
      "sha256:[0-9a-f]+", "state=[^&]+", "code_challenge=[^&]+", "sandbox-access-.*",
    ]
    return random.reduce(text) {
      $0.replacingOccurrences(of: $1, with: "…", options: .regularExpression)
    }
  }

  private var baseEnvironment: [String: String] {
    [
      "PATH": "\(folder.file("bin")):/usr/bin:/bin", "HOME": folder.path, "BROWSER": "browser",
      "DISPLAY": ":0", "X_OAUTH_CALLBACK_PORT": "\(callbackPort)",
    ]
  }

  private func placed(_ text: String) -> String {
    text.replacingOccurrences(of: "/usr/local/bin", with: folder.file("bin"))
      .replacingOccurrences(of: "/srv/xmcp", with: project)
      .replacingOccurrences(of: "https://api.x.com", with: address)
  }

  /// A port that nobody had a moment ago: X compares the port, so it must be known beforehand.
  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(bound)
    return Int(UInt16(bigEndian: place.sin_port))
  }
}
