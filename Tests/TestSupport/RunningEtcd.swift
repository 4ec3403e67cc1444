import Foundation

/// A real etcd on free ports of loopback, as long as the value lives: one member, or several.
public final class RunningEtcd: Sendable {
  /// It didn't come up; what it said.
  public struct NotStarted: Error { let text: String }

  /// The address of each member.
  public let addresses: [String]
  private let members: [Child]
  private let folder = TemporaryFolder()
  // Held, so that nobody else is given one of them meanwhile.
  private let ports: [LoopbackPort]

  /// Installed, or unpacked by `scripts/bootstrap --tests`.
  public static let program =
    ["\(Repository.path)/.build-tools/etcd/usr/bin/etcd", "/usr/bin/etcd"].first(where: isInstalled)

  /// Starts so many members, and waits until they serve. With `options`, such as those for TLS, their
  /// addresses begin with `scheme`.
  public init(members count: Int = 1, scheme: String = "http", options: [String] = []) throws {
    guard let program = Self.program else { throw NotStarted(text: "there is no etcd here") }
    let ports = try (0..<2 * count).map { _ in try LoopbackPort() }
    let folder = folder
    let peers = ports[count...].map { "http://127.0.0.1:\($0.number)" }
    let addresses = ports[..<count].map { "\(scheme)://127.0.0.1:\($0.number)" }
    let cluster = peers.enumerated().map { "member\($0)=\($1)" }.joined(separator: ",")
    let members = try (0..<count).map { index in
      try Child(
        program,
        [
          "--name", "member\(index)", "--data-dir", folder.file("member\(index)"),
          "--listen-client-urls", addresses[index], "--advertise-client-urls", addresses[index],
          "--listen-peer-urls", peers[index], "--initial-advertise-peer-urls", peers[index],
          "--initial-cluster", cluster, "--logger", "zap",
        ] + options)
    }
    (self.ports, self.addresses, self.members) = (ports, addresses, members)
    for member in members
    where !eventually(within: 60, { member.errorsSoFar.contains("serving client traffic") }) {
      for each in members { each.signal(SIGKILL) }
      throw NotStarted(text: member.wait().errors)
    }
  }

  /// Kills a member.
  public func kill(_ index: Int) {
    members[index].signal(SIGKILL)
    _ = members[index].wait()
  }

  deinit {
    for member in members {
      member.signal(SIGKILL)
      _ = member.wait(seconds: 5)
    }
  }
}
