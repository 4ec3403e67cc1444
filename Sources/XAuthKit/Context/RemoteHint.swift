/// What stands between this process and the person's browser, as far as it shows: for messages
/// that say how a login gets through.
struct RemoteHint: Equatable, Sendable {
  /// The server's side of an SSH connection, from sshd's `SSH_CONNECTION` (ssh(1)).
  struct SSHServer: Equatable, Sendable {
    /// The address that the client reached, as far as the server knows.
    let address: String
    /// The port it reached.
    let port: String
    /// Who signed in, if the environment says it.
    let user: String?
  }

  /// Set when we were started over SSH.
  let ssh: SSHServer?
  /// Whether we are in a container.
  let isContainer: Bool

  /// Looks at the environment, and for the files that Docker and Podman leave in a container.
  init(environment: [String: String], fileExists: (_ path: String) -> Bool) {
    ssh = SSHServer(environment)
    isContainer =
      environment["container"]?.isEmpty == false
      || ["/.dockerenv", "/run/.containerenv"].contains(where: fileExists)
  }

  /// The command that, on the machine with the browser, leads `port` there to `host` and `port`
  /// here; nil when we weren't started over SSH. `hostName` stands in for an address that says
  /// nothing to others.
  func forwarding(port: Int, host: String, hostName: String) -> String? {
    guard let ssh else { return nil }
    let target = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    let login = ssh.user.map { "\($0)@" } ?? ""
    let sshPort = ssh.port == "22" ? "" : "-p \(ssh.port) "
    let server = ssh.isAddressOfUse ? ssh.address : hostName
    return "ssh -L \(port):\(target):\(port) \(sshPort)\(login)\(server)"
  }
}

extension RemoteHint.SSHServer {
  /// The fields are the client's address and port, then the server's.
  init?(_ environment: [String: String]) {
    let fields = (environment["SSH_CONNECTION"] ?? "").split(separator: " ").map(String.init)
    guard fields.count == 4, Self.isPlain(fields[2]), Int(fields[3]) != nil else { return nil }
    address = fields[2]
    port = fields[3]
    user = (environment["USER"] ?? environment["LOGNAME"]).flatMap { Self.isPlain($0) ? $0 : nil }
  }

  /// A loopback or link-local address leads elsewhere from another machine.
  var isAddressOfUse: Bool {
    let isLocal = address.hasPrefix("127.") || address == "::1" || address.hasPrefix("169.254.")
    return !isLocal && !address.lowercased().hasPrefix("fe80:")
  }

  /// Whether `text` can stand in a command line that somebody copies, as it is.
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
