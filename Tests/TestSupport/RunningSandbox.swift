import Foundation

/// `xauth-sandbox` on a free port, as long as the value lives.
public final class RunningSandbox: Sendable {
  /// It didn't come up; what it said.
  public struct NotStarted: Error { let text: String }

  /// The process.
  public let child: Child
  /// Where it is: a base URL.
  public let address: String
  /// The settings that it prints, a line each.
  public let settings: [String]

  /// Starts it and waits until it listens.
  public init(_ arguments: [String] = []) throws {
    child = try Child(Child.built("xauth-sandbox"), ["--port", "0"] + arguments)
    let started = child
    guard eventually({ started.outputSoFar.contains("CLIENT_ID=") }) else {
      child.signal(SIGKILL)
      throw NotStarted(text: child.wait().errors)
    }
    let lines = child.outputSoFar.split(separator: "\n").map(String.init)
    address = String(lines[0].dropFirst("xauth-sandbox: ".count))
    settings = lines.filter { $0.first?.isUppercase ?? false }
  }

  deinit {
    child.signal(SIGTERM)
    _ = child.wait(seconds: 5)
  }
}
