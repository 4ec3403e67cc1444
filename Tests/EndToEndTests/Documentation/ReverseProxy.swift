import Foundation
import TestSupport
import Testing

/// nginx on a reader's machine, which ends TLS for auth.example.com: on 192.0.2.1, where that name
/// leads, with a block of the README in its server, and on 192.0.2.2 with that block less its line
/// about `Host`.
struct ReverseProxy {
  private let machine: ReaderMachine
  private let process: Child

  private static let program: String? = [
    "/usr/sbin/nginx", "\(Repository.path)/.build-tools/nginx/usr/sbin/nginx",
  ].first(where: isInstalled)

  /// Starts it, and waits until it listens.
  init(on machine: ReaderMachine, with block: String) throws {
    self.machine = machine
    let folder = machine.folder.file("nginx")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let lines = block.split(separator: "\n")
    let bare = lines.filter { !$0.contains(" Host ") }
    #expect(bare.count == lines.count - 1)
    // A debugger's way of running it: one process, which ends when it is told to.
    machine.folder.write(
      """
      daemon off;
      master_process off;
      pid pid;
      events {}
      http {
        access_log off;
        ssl_certificate \(machine.certificate);
        ssl_certificate_key \(machine.certificateKey);
      \(Self.modules.map { "  \($0)_temp_path \($0);\n" }.joined())
        server {
          listen 192.0.2.1:443 ssl;
      \(block)
        }
        server {
          listen 192.0.2.2:443 ssl;
      \(bare.joined(separator: "\n"))
        }
      }

      """, to: "nginx/nginx.conf")
    process = try machine.start([
      try #require(Self.program), "-p", folder, "-e", "stderr", "-c", "nginx.conf",
    ])
    let started = process
    try #require(
      eventually { machine.folder.text("nginx/pid")?.isEmpty == false }, "\(started.errorsSoFar)")
  }

  /// Whose folders are elsewhere by default, where only an installed nginx has them.
  private static let modules = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]

  /// Ends it.
  func stop() {
    process.signal(SIGTERM)
    _ = process.wait(seconds: 5)
  }

  /// Opens `address` in a browser that comes back by the proxy at `place`; the status of the page that
  /// it ends on.
  func status(of address: String, by place: String) throws -> String {
    try machine.output(
      of: """
        curl --silent --show-error --location --output page --write-out '%{http_code}' \\
          --resolve auth.example.com:443:\(place) '\(address)'
        """)
  }
}
