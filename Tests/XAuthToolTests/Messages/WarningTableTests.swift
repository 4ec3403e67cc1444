import Callback
import Foundation
import Testing

@testable import OAuth
@testable import XAuthTool

@Suite("The table of warnings: one fact, the same words wherever it is met")
struct WarningTableTests {
  private static let all: [Warning] = [
    .gitWouldCommit("/srv/.env"), .gitTracks("/srv/.env"),
    .gitNotAsked("/srv/.env", "it is asleep"),
    .openToOthers("/srv/.env", mode: 0o644), .staysOpenToOthers("/srv/.env", mode: 0o777),
    .imageCanHold([".env", ".env.xauth"], rules: ".dockerignore", in: "/srv"),
    .staleCopy(of: "/srv/.env"), .unreadableExpiry("\u{1B}[2Jsoon\n"), .impossibleExpiry,
    .deadButUsable("X has refused the refresh token", until: "11:25"), .revocationBegun,
    .endedByLogin, .followedPrintsRefreshToken,
    .noOfflineAccess,
    .undocumentedScopes(["space.fly", "\u{7}"]), .clientIDIsAPIKey(.file(line: 2)),
    .unknownName("X_OAUTH2_\u{1B}", .environment, meant: nil),
    .unknownName("X_OAUTH2_SCOPE", .file(line: 1), meant: "X_OAUTH2_SCOPES"),
    .httpsWithoutCertificate("https://localhost:8976/cb"),
    .oauth2TokenMisplaced(.environment), .modesAreInvented("/mnt/c/.env", by: "9p"),
    .mayHideLocks("FUSE", "/srv/.env"), .sharedWithXurl("/home/u/.xurl"),
    .timeoutWithUnit(.file(line: 3), seconds: 600),
  ]

  @Test("every message and every cure is one line without a full stop")
  func lines() {
    for warning in Self.all {
      for text in [warning.message, warning.cure.text(tool: "xauth")] {
        #expect(!text.isEmpty && !text.hasSuffix("."))
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
      }
    }
  }

  @Test("so is every warning about a certificate, and every refusal to name the account")
  func otherWords() {
    let certificates: [TLSIdentityWarning] = [
      .selfSigned, .expiresSoon(days: 3), .keyTypeUnknownToBrowsers,
      .chainExpired(notAfter: 1_700_000_000),
    ]
    let answers = [
      (401, ""), (402, ""), (403, #"{"reason":"client-not-enrolled"}"#),
      (403, #"{"reason":"user-not-enrolled"}"#), (403, ""), (429, ""), (500, ""),
    ]
    let refusals = answers.compactMap { AccountRefusal.parse(ServerAnswer($0, $1)) }
    #expect(refusals.count == answers.count)
    let words = certificates.map(\.words) + refusals.map(\.words)
    // An app and an account that aren't enrolled get the same text.
    #expect(Set(words).count == words.count - 1)
    for text in words {
      #expect(!text.isEmpty && !text.hasSuffix("."))
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    }
  }

  @Test("show, doctor and the commands that use the token give the same warning")
  func sameWords() {
    let world = World(
      """
      X_OAUTH2_ACCESS_TOKEN=a0
      X_OAUTH2_EXPIRES_AT=soon
      X_OAUTH_CALLBACK_HOST=\(LoopbackAddress.fresh())

      """)
    world.environment = ["X_OAUTH2_ACCESS_TOKEN": "other"]
    world.letGitCommit()
    chmod(world.path, 0o640)
    let show = world.run("show").errors
    let doctor = world.run("doctor").output
    for warning in [
      Warning.gitWouldCommit(world.path), .openToOthers(world.path, mode: 0o640),
      .staleCopy(of: world.path), .unreadableExpiry("soon"),
    ] {
      #expect(show.contains("\(warning.message): \(warning.cure.text(tool: "xauth"))\n"))
      #expect(doctor.contains("\(warning.message)\n"))
      #expect(doctor.contains("→ \(warning.cure.text(tool: "xauth"))\n"))
    }
    let token = world.run("token")
    #expect(token.errors.contains("warning: \(Warning.staleCopy(of: world.path).message)\n"))
  }
}
