/// What separates this process from the user's browser, as far as it shows: for messages that explain
/// how a login gets through.
struct RemoteSession: Equatable, Sendable {
  /// The server's side of an SSH connection, from sshd's `SSH_CONNECTION`, or else `SSH_CLIENT` or
  /// `SSH_TTY` (ssh(1)).
  struct SSHServer: Equatable, Sendable {
    /// The address that the client connected to, as far as the server knows; nil if it is unknown.
    let address: String?
    /// The port it connected to.
    let port: String
    /// The user who signed in, if the environment names one.
    let user: String?
  }

  /// Set in an SSH session.
  let ssh: SSHServer?
  /// Whether this is a container.
  let isContainer: Bool
  /// Whether an editor on another machine forwards ports: GitHub Codespaces, a dev container, or any
  /// terminal of VS Code's server, over SSH or in WSL.
  let isForwarded: Bool

  /// Looks at the environment, and for the files that Docker and Podman leave in a container.
  init(environment: [String: String], fileExists: (_ path: String) -> Bool) {
    ssh = SSHServer(environment)
    isForwarded =
      ["CODESPACES", "REMOTE_CONTAINERS"].contains { environment[$0] == "true" }
      || environment["VSCODE_IPC_HOOK_CLI"]?.isEmpty == false
    isContainer =
      environment["container"]?.isEmpty == false
      || ["/.dockerenv", "/run/.containerenv"].contains(where: fileExists)
  }

  /// The command that forwards `port` of the machine with the browser, where it is run, to `host` and
  /// `port` here; nil outside an SSH session. `hostName` replaces an address that other machines can't
  /// use.
  func forwarding(port: Int, host: String, hostName: String) -> String? {
    guard let ssh else { return nil }
    let target = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    let login = ssh.user.map { "\($0)@" } ?? ""
    let sshPort = ssh.port == "22" ? "" : "-p \(ssh.port) "
    let server = ssh.reachableAddress ?? hostName
    let route = "\(port):\(target):\(port)"
    // To zsh brackets are a pattern, and it is an error if nothing matches.
    let quoted = target.hasPrefix("[") ? "'\(route)'" : route
    return "ssh -L \(quoted) \(sshPort)\(login)\(server)"
  }
}

extension RemoteSession.SSHServer {
  /// The fields of `SSH_CONNECTION` are the client's address and port, then the server's; those of
  /// `SSH_CLIENT` the client's, and the server's port.
  init?(_ environment: [String: String]) {
    let fields = { name in (environment[name] ?? "").split(separator: " ").map(String.init) }
    let connection = fields("SSH_CONNECTION")
    let client = fields("SSH_CLIENT")
    if !connection.isEmpty {
      guard connection.count == 4, Self.isPlain(connection[2]), Self.isPort(connection[3]) else {
        return nil
      }
      (address, port) = (connection[2], connection[3])
    } else if client.count == 3, Self.isPort(client[2]) {
      (address, port) = (nil, client[2])
    } else if environment["SSH_TTY"]?.isEmpty == false {
      (address, port) = (nil, "22")
    } else {
      return nil
    }
    user = (environment["USER"] ?? environment["LOGNAME"]).flatMap { Self.isPlain($0) ? $0 : nil }
  }

  /// The address, unless it means something else on another machine: a loopback or link-local one.
  var reachableAddress: String? {
    guard let address, address != "::1" else { return nil }
    let isLocal = ["127.", "169.254.", "fe80:"].contains { address.lowercased().hasPrefix($0) }
    return isLocal ? nil : address
  }

  private static func isPort(_ text: String) -> Bool {
    isPlain(text) && (UInt16(text) ?? 0) > 0
  }

  /// Whether `text` can stand unquoted in a command that will be copied.
  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix("-")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: ":"),
          UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "%"):
          true
        default: false
        }
      }
  }
}
