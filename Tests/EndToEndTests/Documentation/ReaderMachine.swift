import Foundation
import TestSupport
import Testing

/// The machine of somebody who follows the README: this one, but for what lies in namespaces of its
/// own. There `/srv/xmcp` is a project, `/usr/local/bin` has our `xauth`, every port is free, and X's
/// names lead to a sandbox. So the examples run there as they are written. What isn't ours and can't
/// be had (`systemctl`, `gh`, …) is played by small scripts.
final class ReaderMachine {
  let folder = TemporaryFolder()
  private let sandbox: Child

  /// The user's home.
  var home: String { folder.file("home") }
  /// A certificate for every name on this machine that isn't its own, and its key.
  var certificate: String { folder.file("names.pem") }
  var certificateKey: String { folder.file("names.key") }

  /// Whether such a machine can be had: not in every container.
  static let isPossible: Bool = {
    let probe = ["/bin/sh", "-c", "ip link set lo up && mount --bind /tmp /srv"]
    let command = namespaces + probe
    let run = try? Child.run(
      command[0], Array(command.dropFirst()), environment: ["PATH": systemPath])
    return run?.status == 0
  }()
  /// Whether it can have layers, which only root may write to.
  static let hasLayers = isPossible && isRoot
  static let need: Comment = "needs a network and mounts of its own, which some containers refuse"
  static let needOfLayers: Comment = "needs root, and a network and mounts of its own"

  private static let isRoot = geteuid() == 0
  private static let systemPath = "/usr/sbin:/usr/bin:/sbin:/bin"
  private static let namespaces =
    ["/usr/bin/unshare", "--mount", "--net", "--propagation", "private"]
    + (isRoot ? [] : ["--user", "--map-current-user", "--keep-caps"])

  /// Starts it.
  ///
  /// - Parameters:
  ///   - arguments: the sandbox's, besides its own.
  ///   - redirectURI: the one that is registered.
  ///   - isInstalled: whether it has our program.
  ///   - layers: folders that can be written to as this machine's could, without a trace.
  init(
    sandbox arguments: [String] = [],
    redirectURI: String = "http://127.0.0.1:8976/oauth/callback", isInstalled: Bool = true,
    layers: [String] = []
  ) throws {
    for path in ["srv/xmcp", "opt", "home", "bin"] + (isInstalled ? ["local-bin"] : []) {
      try FileManager.default.createDirectory(
        atPath: folder.file(path), withIntermediateDirectories: true)
    }
    if isInstalled {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("local-bin/xauth"), withDestinationPath: Child.built("xauth"))
    }
    try Self.writeNames(to: folder)
    var command =
      Self.namespaces + ["/bin/sh", TerminalSession.folder + "/Drivers/reader-machine.sh"]
    command += layers + ["--", Child.built("xauth-sandbox"), "--auto-approve"]
    command += ["--redirect-uri", redirectURI] + arguments
    command += ["--port", "443", "--tls-cert", folder.file("names.pem")]
    command += ["--tls-key", folder.file("names.key")]
    sandbox = try Child(
      command[0], Array(command.dropFirst()), environment: ["PATH": Self.systemPath],
      folder: folder.path)
    let started = sandbox
    try #require(
      eventually { started.outputSoFar.contains("CLIENT_ID=") }, "\(started.errorsSoFar)")
    let settings = sandbox.outputSoFar.split(separator: "\n").map(String.init)
      .filter { $0.first?.isUppercase ?? false && !$0.hasPrefix("X_") }
    folder.write(
      (settings + ["X_OAUTH2_SCOPES=tweet.read,users.read,bookmark.read,offline.access"])
        .map { "\($0)\n" }.joined(), to: "srv/xmcp/.env")
    play("browser", "exec curl --silent --location --output /dev/null \"$1\"")
  }

  deinit { sandbox.signal(SIGTERM) }

  /// The hosts that the README names, and what proves that they are.
  private static func writeNames(to folder: TemporaryFolder) throws {
    let names = [
      "127.0.0.1": ["localhost", "api.x.com", "x.com"], "192.0.2.1": ["auth.example.com"],
      "100.64.0.1": ["box.example.ts.net"],
    ]
    folder.write(
      names.map { "\($0) \($1.joined(separator: " "))\n" }.joined(), to: "hosts", mode: 0o644)
    let alternatives = names.values.joined().map { "DNS:\($0)" }.joined(separator: ",")
    try OpenSSLProgram.run(
      ["req", "-x509", "-days", "30", "-subj", "/CN=names", "-newkey", "ec", "-nodes"]
        + ["-pkeyopt", "ec_paramgen_curve:P-256", "-addext", "subjectAltName=\(alternatives)"]
        + ["-keyout", folder.file("names.key"), "-out", folder.file("names.pem")])
  }

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

  /// Whether X takes this access token.
  func accepts(_ token: String) throws -> Bool {
    let bearer = token.trimmingCharacters(in: .newlines)
    return try shell(
      "curl --silent --header 'Authorization: Bearer \(bearer)' https://api.x.com/2/users/me"
    ).output.contains("\"username\"")
  }

  /// Starts a program on this machine.
  ///
  /// - Parameters:
  ///   - command: the program, by its absolute path, and its arguments.
  ///   - environment: what is set besides what always is.
  ///   - place: the folder it is started in, as it is called on this machine.
  func start(
    _ command: [String], environment: [String: String] = [:], in place: String = "/srv/xmcp"
  ) throws -> Child {
    let entered =
      ["--target", "\(sandbox.id)", "--mount", "--net"]
      + (Self.isRoot ? [] : ["--user", "--preserve-credentials"])
    return try Child(
      "/usr/bin/nsenter", entered + ["--wdns=\(place)"] + command,
      environment: baseEnvironment.merging(environment) { $1 })
  }

  /// Runs what a person types, line by line, until one fails.
  ///
  /// - Parameters:
  ///   - script: the lines.
  ///   - environment: what is set besides what always is.
  ///   - place: the folder they are typed in.
  ///   - launcher: what is put before the shell.
  ///   - seconds: how long it may take.
  func shell(
    _ script: String, environment: [String: String] = [:], in place: String = "/srv/xmcp",
    by launcher: [String] = [], seconds: Double = 30
  ) throws -> Child.Outcome {
    try start(
      launcher + ["/bin/bash", "-euo", "pipefail", "-c", script], environment: environment,
      in: place
    ).wait(seconds: seconds)
  }

  /// Runs the lines of a crontab once, as cron does: settings, then commands in the home folder,
  /// with a PATH that has neither `/usr/local/bin` nor our program.
  func cron(_ lines: [String]) throws -> [Child.Outcome] {
    var environment = ["PATH": "\(folder.file("bin")):/usr/bin:/bin"]
    var outcomes: [Child.Outcome] = []
    for line in lines {
      let words = line.split(separator: " ", maxSplits: 5)
      if words.count == 6, words[4] == "*" {
        let command = ["/bin/sh", "-c", String(words[5])]
        outcomes.append(try start(command, environment: environment, in: home).wait())
      } else {
        let equals = try #require(line.firstIndex(of: "="))
        environment[String(line[..<equals])] = String(line[line.index(after: equals)...])
      }
    }
    return outcomes
  }

  /// Puts a unit where a user's are.
  func putUnit(_ unit: String, as name: String) throws {
    let units = "home/.config/systemd/user"
    try FileManager.default.createDirectory(
      atPath: folder.file(units), withIntermediateDirectories: true)
    folder.write(unit, to: "\(units)/\(name)")
  }

  /// What systemd has to say of a unit, once it is there.
  func complaints(of unit: String, as name: String) throws -> [Substring] {
    try putUnit(unit, as: name)
    let outcome = try shell(
      "systemd-analyze --user verify --man=no \"$HOME\"/.config/systemd/user/\(name)",
      environment: ["XDG_RUNTIME_DIR": home])
    return outcome.errors.split(separator: "\n").filter {
      $0.contains("xauth.") || $0.contains("xauth-")
    }
      + (outcome.status == 0 ? [] : ["exit code \(outcome.status)"])
  }

  /// `text` with times, tokens and other random parts as `…`.
  func stable(_ text: String) -> String {
    let random = [
      "until [0-9-]*[ ]?[0-9:]+", "login of [0-9-]*[ ]?[0-9:]+",
      "\\([0-9a-z ]+\\)|[0-9]+ h( [0-9]+ min)? left|[0-9]+ min left",
      "sha256:[0-9a-f]+", "(?<=Opening http://127.0.0.1:8976/)[A-Za-z0-9_-]{16}",
      "sandbox-access-.*",
    ]
    return random.reduce(text) {
      $0.replacingOccurrences(of: $1, with: "…", options: .regularExpression)
    }
  }

  private var baseEnvironment: [String: String] {
    [
      "PATH": "\(folder.file("bin")):/usr/local/bin:/usr/bin:/bin", "HOME": home,
      "BROWSER": "browser", "DISPLAY": ":0", "SSL_CERT_FILE": certificate,
    ]
  }
}
