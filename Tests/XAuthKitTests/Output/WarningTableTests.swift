import Foundation
import Testing

@testable import XAuthKit

@Suite("The table of warnings: one fact, the same words wherever it is met")
struct WarningTableTests {
  private static let all: [Warning] = [
    .gitWouldCommit("/srv/.env"), .openToOthers("/srv/.env", mode: 0o644),
    .staleCopy(of: "/srv/.env"), .unreadableExpiry("\u{1B}[2Jsoon\n"), .impossibleExpiry,
    .noOfflineAccess, .undocumentedScopes(["space.fly", "\u{7}"]),
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

  @Test("show, doctor and whatever uses the token say the same of it")
  func sameWords() {
    let world = World(
      """
      X_OAUTH2_ACCESS_TOKEN=a0
      X_OAUTH2_EXPIRES_AT=soon
      X_OAUTH_CALLBACK_HOST=\(LoopbackAddress.fresh())

      """)
    world.environment = ["X_OAUTH2_ACCESS_TOKEN": "other"]
    world.wouldCommit = true
    chmod(world.path, 0o640)
    let show = world.run("show").output
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
