import Foundation
import TestSupport
import Testing

@Suite("Two hosts that share one grant through a real store")
struct SharedGrantTests {
  /// A second host: a folder with the same app, and no tokens.
  private final class SecondHost: Sendable {
    let folder = TemporaryFolder()

    init(of first: RotationStage) {
      let settings = first.text.split(separator: "\n").filter { !$0.hasPrefix("X_OAUTH2_") }
      folder.write(settings.map { "\($0)\n" }.joined(), to: ".env")
    }

    var access: String? {
      (folder.text(".env") ?? "").split(separator: "\n")
        .first { $0.hasPrefix("X_OAUTH2_ACCESS_TOKEN=") }
        .map { String($0.dropFirst("X_OAUTH2_ACCESS_TOKEN=".count)) }
    }

    func start(_ arguments: [String], _ environment: [String: String]) throws -> Child {
      try Child(
        Child.built("xauth"), arguments,
        environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path].merging(environment) { $1 },
        folder: folder.path)
    }
  }

  private func share(through environment: [String: String]) throws {
    let first = try RotationStage()
    let second = SecondHost(of: first)
    let begun = try first.run("refresh", environment: environment)
    #expect(begun.status == 0, "\(begun.errors)")
    #expect(first.outcomes == ["refreshed"])
    let copied = try second.start(["refresh"], environment).wait()
    #expect(copied.status == 0, "\(copied.errors)")
    #expect(second.access != nil && second.access == first.access)
    #expect(first.outcomes == ["refreshed"])

    // Whoever renews it, it is renewed by one, and the other has the same.
    for _ in 0..<3 {
      let runs = [
        try first.start(["refresh", "--min-validity", "100h"], environment: environment),
        try second.start(["refresh", "--min-validity", "100h"], environment),
      ]
      for run in runs {
        let outcome = run.wait(seconds: 60)
        #expect([0, 75].contains(outcome.status), "\(outcome.errors)")
      }
      #expect(try first.run("refresh", environment: environment).status == 0)
      #expect(try second.start(["refresh"], environment).wait().status == 0)
      #expect(first.access == second.access)
    }
    #expect(first.outcomes.allSatisfy { $0 == "refreshed" })
    #expect(try first.isAlive())

    let show = try second.start(["show", "--check"], environment).wait()
    #expect(show.output.contains("; this machine has it"), "\(show.output)\(show.errors)")
    let doctor = try second.start(["doctor", "--online"], environment).wait()
    #expect(doctor.output.contains(" can be written\n"), "\(doctor.output)")

    let revoked = try second.start(["revoke"], environment).wait()
    #expect(revoked.status == 0, "\(revoked.errors)")
    #expect(try first.run("refresh", environment: environment).status == 3)
    #expect(first.access == "")
  }

  @Test("etcd", .enabled(if: RunningEtcd.program != nil, "needs an etcd"))
  func etcd() throws {
    let etcd = try RunningEtcd()
    try share(through: [
      "ETCDCTL_ENDPOINTS": etcd.addresses[0], "X_OAUTH2_STORE": "etcd:x-token",
    ])
  }

  @Test("a command of the user's")
  func command() throws {
    let folder = TemporaryFolder()
    let script = "\(Repository.path)/Tests/StoresTests/Drivers/file-store.sh"
    try share(through: ["X_OAUTH2_STORE": "exec:sh \(script) \(folder.path)"])
  }
}
