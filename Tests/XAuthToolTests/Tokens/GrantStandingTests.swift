import OAuth
import Testing

@testable import Rotation
@testable import XAuthTool

@Suite("How a grant stands: one notion for every command")
struct GrantStandingTests {
  private static let now = 1_800_000_000

  private struct Cell: Sendable, CustomTestStringConvertible {
    let access: Int?
    let hasExpiry: Bool
    let renewal: RenewalOutlook
    let code: String
    let exits: [ExitCode]

    /// - Parameters:
    ///   - left: seconds left of the access token; nil when there is none.
    ///   - exits: of `show`, and of `show --min-validity 30m`.
    init(
      _ left: Int?, hasExpiry: Bool = true, _ renewal: RenewalOutlook, _ code: String,
      _ exits: ExitCode...
    ) {
      (access, self.hasExpiry, self.renewal) = (left, hasExpiry, renewal)
      (self.code, self.exits) = (code, exits)
    }

    var testDescription: String { "\(code) \(access ?? 0)" }
  }

  private static let cells: [Cell] = [
    Cell(3600, .possible, "usable", .done, .done),
    Cell(1800, .possible, "usable", .done, .done),
    Cell(1799, .possible, "usable", .done, .temporary),
    Cell(0, .possible, "renewable", .done, .temporary),
    Cell(60, hasExpiry: false, .possible, "renewable", .done, .temporary),
    Cell(nil, .possible, "renewable", .done, .temporary),
    Cell(3600, .outcomeUnknown, "usable", .done, .done),
    Cell(60, .outcomeUnknown, "usable", .done, .temporary),
    Cell(-60, .outcomeUnknown, "outcome_unknown", .done, .temporary),
    Cell(3600, .noRefreshToken, "usable_not_renewable", .loginNeeded, .loginNeeded),
    Cell(-60, .noRefreshToken, "expired", .loginNeeded, .loginNeeded),
    Cell(60, hasExpiry: false, .noRefreshToken, "expiry_unknown", .loginNeeded, .loginNeeded),
    Cell(nil, .noRefreshToken, "none", .loginNeeded, .loginNeeded),
    Cell(3600, .refused, "usable_refused", .loginNeeded, .loginNeeded),
    Cell(-60, .refused, "refused", .loginNeeded, .loginNeeded),
    Cell(3600, .otherAccount, "usable_other_account", .loginNeeded, .loginNeeded),
    Cell(-60, .otherAccount, "other_account", .loginNeeded, .loginNeeded),
    Cell(3600, .otherServer, "usable_other_server", .settings, .settings),
    Cell(-60, .otherServer, "other_server", .settings, .settings),
    Cell(3600, .revocationBegun, "revocation_begun", .loginNeeded, .loginNeeded),
    Cell(-60, .revocationBegun, "revocation_begun", .loginNeeded, .loginNeeded),
    Cell(3600, .handedOn, "usable_handed_on", .loginNeeded, .loginNeeded),
    Cell(-60, .handedOn, "handed_on", .loginNeeded, .loginNeeded),
  ]

  private func standing(_ cell: Cell) -> GrantStanding {
    let hasRefreshToken = ![.noRefreshToken, .handedOn].contains(cell.renewal)
    let grant = Grant(
      accessToken: cell.access.map { _ in Secret("a0") },
      refreshToken: hasRefreshToken ? Secret("r0") : nil,
      expiresAt: cell.hasExpiry ? cell.access.map { Self.now + $0 } : nil)
    let known = KnownGrant(grant)
    return GrantStanding(
      held: SourcedGrant(source: .file, grant: grant, unreadableExpiry: nil), known: known,
      record: nil, recovery: .goOn, access: AccessStanding(known, at: Self.now),
      renewal: cell.renewal)
  }

  @Test("every cell: its name for programs, and what show ends with", arguments: cells)
  private func cell(cell: Cell) {
    let standing = standing(cell)
    #expect(standing.code == cell.code)
    #expect(
      [nil, 1800].map { standing.exit(needing: $0, at: Self.now) } == cell.exits)
  }

  @Test(
    "every cell tells until when the token works, and what to do where something is",
    arguments: cells)
  private func words(cell: Cell) {
    let standing = standing(cell)
    let words = standing.words(at: Self.now)
    if let left = cell.access, standing.access.isValid {
      #expect(words.hasPrefix("valid until \(Times.local(Self.now + left, now: Self.now)) ("))
    }
    let isTold = !standing.isBlank && !(standing.access.isValid && standing.renewal.needsNoLogin)
    if isTold, let reason = standing.renewal.reason { #expect(words.hasSuffix(reason)) }
    let isFine = standing.access.isValid && standing.renewal.needsNoLogin
    #expect((standing.cure == nil) == isFine)
    let isEnding = standing.access.isValid && !standing.renewal.needsNoLogin
    #expect(words.contains("then you must log in") == isEnding)
  }
}
