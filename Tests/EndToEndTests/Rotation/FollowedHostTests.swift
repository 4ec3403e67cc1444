import Foundation
import TestSupport
import Testing

@Suite("A host that renews and one that follows it, two real programs")
struct FollowedHostTests {
  /// A host that renews, and the folder of one that follows it.
  private struct Pair {
    let leader: RotationStage
    let follower = TemporaryFolder()
    /// What the follower's command writes its runs to.
    var runs: Int { (follower.text("runs") ?? "").split(separator: "\n").count }
    var access: String? {
      (follower.text(".env") ?? "").split(separator: "\n")
        .first { $0.hasPrefix("X_OAUTH2_ACCESS_TOKEN=") }
        .map { String($0.dropFirst("X_OAUTH2_ACCESS_TOKEN=".count)) }
    }

    init() throws {
      leader = try RotationStage()
      follower.write(
        """
        #!/bin/sh
        echo run >>'\(follower.path)/runs'
        \([
          "exec '\(Child.built("xauth"))' export --env-file '\(leader.path)'",
          "--min-validity 75m --only X_OAUTH2_ACCESS_TOKEN --only X_OAUTH2_EXPIRES_AT",
          "--only X_OAUTH2_GRANTED_SCOPES",
        ].joined(separator: " "))

        """, to: "get-token", mode: 0o700)
    }

    func start(_ arguments: String...) throws -> Child {
      try Child(
        Child.built("xauth"), arguments,
        environment: [
          "PATH": "/usr/bin:/bin", "HOME": follower.path,
          "X_OAUTH2_STORE": "follow:./get-token",
        ],
        folder: follower.path)
    }

    func run(_ arguments: String...) throws -> Child.Outcome {
      try Child(
        Child.built("xauth"), arguments,
        environment: [
          "PATH": "/usr/bin:/bin", "HOME": follower.path,
          "X_OAUTH2_STORE": "follow:./get-token",
        ],
        folder: follower.path
      ).wait()
    }
  }

  @Test("the follower has the token that the other host renews for it, and nothing that renews")
  func follows() throws {
    let pair = try Pair()
    let first = try pair.run("refresh")
    #expect(first.status == 0, "\(first.errors)")
    #expect(pair.leader.outcomes == ["refreshed"])
    #expect(pair.access != nil && pair.access == pair.leader.access)
    let refresh = try #require(pair.leader.refresh)
    for name in [".env", ".env.xauth/journal"] {
      #expect(try !#require(pair.follower.text(name)).contains(refresh), "\(name)")
    }
    // Nothing is due, so nothing is run.
    #expect(try pair.run("refresh").status == 0)
    #expect(try pair.run("token").output == "\(pair.access ?? "-")\n")
    #expect(pair.runs == 1)

    #expect(try pair.leader.run("refresh", "--force").status == 0)
    #expect(try pair.run("refresh", "--force").status == 0)
    #expect(pair.access == pair.leader.access && pair.runs == 2)
    #expect(pair.leader.outcomes == ["refreshed", "refreshed"])
    #expect(try pair.run("doctor", "--online").output.contains("has an access token until"))
  }

  @Test("many runs at once run the command once, and who has a valid copy doesn't wait for it")
  func once() throws {
    let pair = try Pair()
    #expect(try pair.run("refresh").status == 0)
    let script = try #require(pair.follower.text("get-token"))
    pair.follower.write(
      script.replacing("exec ", with: "until [ -e go ]; do sleep 0.05; done\nexec "),
      to: "get-token", mode: 0o700)
    let old = try #require(pair.access)
    #expect(try pair.leader.run("refresh", "--force").status == 0)
    let runs = try (0..<4).map { _ in try pair.start("refresh", "--force") }
    try #require(eventually { pair.runs == 2 })
    #expect(try pair.run("token").output == "\(old)\n")
    pair.follower.write("", to: "go")
    for run in runs { #expect(run.wait().status == 0) }
    #expect(pair.access == pair.leader.access && pair.access != old)
    #expect(pair.runs == 2)
  }

  @Test("a program gets the token that the other host has renewed for it")
  func program() throws {
    let pair = try Pair()
    let run = try pair.run(
      "exec", "--", "/bin/sh", "-c",
      "echo \"$X_OAUTH2_ACCESS_TOKEN ${X_OAUTH2_REFRESH_TOKEN:-none}\"")
    #expect(run.output == "\(pair.leader.access ?? "-") none\n")
    #expect(pair.runs == 1)
  }
}
