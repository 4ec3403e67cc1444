import TestSupport
import Testing

/// Somebody on a machine with Swift, who calls the scripts of a checkout there.
struct CheckoutUser {
  let machine: ReaderMachine
  /// Where `scripts/install` puts everything unless it is told otherwise.
  let prefix: String
  private let launcher: [String]

  /// One of each kind that can be had: root, and somebody who isn't.
  static func all() throws -> [CheckoutUser] {
    let kinds = ReaderMachine.hasLayers ? [false, true] : [false]
    return try kinds.map(CheckoutUser.init(isRoot:))
  }

  private init(isRoot: Bool) throws {
    machine = try ReaderMachine(isInstalled: false, layers: isRoot ? ["/etc", "/usr/local"] : [])
    prefix = isRoot ? "/usr/local" : "\(machine.home)/.local"
    // Who runs the tests, by another number: what belongs to the one belongs to the other.
    launcher =
      isRoot || !ReaderMachine.hasLayers
      ? [] : ["/usr/bin/unshare", "--user", "--map-user=1000", "--map-group=1000"]
  }

  /// Types `script` in the checkout; folders of `path` are on PATH behind the default prefix.
  func type(_ script: String, path: String = "") throws -> Child.Outcome {
    try machine.shell(
      script, environment: Self.environment(of: machine, path: "\(prefix)/bin:\(path)"),
      in: Checkout.path, by: launcher, seconds: 120)
  }

  /// With Swift on the PATH of `machine`, after `path`.
  static func environment(of machine: ReaderMachine, path: String = "") throws -> [String: String] {
    let swift = try #require(Checkout.swift)
    let toolchain = swift.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    return ["PATH": "\(machine.folder.file("bin")):\(path)\(toolchain):/usr/bin:/bin"]
  }
}
