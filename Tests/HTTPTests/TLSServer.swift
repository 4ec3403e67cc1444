import Foundation
import TestSupport

/// `openssl s_server` on a free port of loopback: it answers every request with a page of its own.
final class TLSServer {
  /// The port it listens on.
  let port: Int
  private let child: Child
  private let certificate: Certificate

  /// Starts it with `certificate` and whatever `options` add; throws when it doesn't come up.
  init(_ certificate: Certificate, options: [String] = []) throws {
    self.certificate = certificate
    child = try Child(
      "/usr/bin/openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate.file]
        + ["-key", certificate.keyFile] + options)
    var port: Int?
    _ = eventually { [child] in
      port = Self.port(in: child.outputSoFar)
      return port != nil
    }
    guard let port else {
      child.signal(SIGKILL)
      throw Failure(text: child.wait().errors)
    }
    self.port = port
  }

  deinit {
    child.signal(SIGKILL)
    _ = child.wait()
  }

  /// Its URL by `host`.
  func url(host: String = "127.0.0.1") -> String { "https://\(host):\(port)/" }

  /// What went wrong with an openssl command.
  struct Failure: Error {
    let text: String
  }

  private static func port(in output: String) -> Int? {
    for line in output.split(separator: "\n") where line.hasPrefix("ACCEPT 127.0.0.1:") {
      return Int(line.dropFirst("ACCEPT 127.0.0.1:".count))
    }
    return nil
  }
}
