import Testing

@testable import OAuth
@testable import Rotation
@testable import XAuthTool

@Suite("Recovery: what to do about what an earlier run left")
struct RecoveryTests {
  private static let oldest = Grant.of("a0", "r0")
  private static let presented = Grant.of("a1", "r1", expiresAt: 1_800_000_000)
  private static let newest = Grant.of("a2", "r2", expiresAt: 1_800_007_200)

  /// What a file may hold, by where it stands.
  private static let files: [(Grant, Recovery.Standing)] = [
    (newest, .newest), (presented, .presented), (oldest, .used), (.blank, .blank),
    (.of("ax", "rx"), .foreign), (.of("a1", "r2"), .mixed), (.of("a2", "r1"), .mixed),
    (.of(nil, "r2"), .mixed), (.of(nil, "r1"), .presented), (.of("ax", "r1"), .presented),
    (.of("ax", "r0"), .used), (.of(nil, "rx"), .foreign), (.of("ax", nil), .foreign),
  ]

  private static func record(_ kind: RotationRecord.Kind) -> RotationRecord {
    switch kind {
    case .answer, .done: .of(kind, presented, newest, spent: [oldest, presented])
    case .intent, .refused, .revoking: .of(kind, newest, spent: [oldest, presented])
    }
  }

  @Test("without a record the file is the truth", arguments: files)
  func noRecord(file: Grant, standing: Recovery.Standing) {
    #expect(Recovery.decide(nil, file: file) == .goOn)
  }

  @Test("an answer is confirmed, saved or set aside", arguments: files)
  func answer(file: Grant, standing: Recovery.Standing) {
    let record = Self.record(.answer)
    #expect(Recovery.standing(of: file, in: record) == standing)
    let expected: Recovery =
      switch standing {
      case .newest: .confirm
      case .presented, .used, .mixed: .save(Self.newest)
      case .blank, .foreign: .park(Self.newest)
      }
    #expect(Recovery.decide(record, file: file) == expected)
  }

  @Test("once done, only an older copy is undone", arguments: files)
  func done(file: Grant, standing: Recovery.Standing) {
    let record = Self.record(.done)
    #expect(Recovery.standing(of: file, in: record) == standing)
    let expected: Recovery =
      switch standing {
      case .newest, .blank, .foreign: .goOn
      case .presented, .used, .mixed: .save(Self.newest)
      }
    #expect(Recovery.decide(record, file: file) == expected)
  }

  /// Where a file stands when the newest token is the one that was sent.
  private static let filesOfOne: [(Grant, Recovery.Standing)] = [
    (newest, .newest), (presented, .used), (oldest, .used), (.blank, .blank),
    (.of("ax", "rx"), .foreign), (.of("ax", "r2"), .mixed), (.of(nil, "r2"), .mixed),
  ]

  @Test(
    "an intent leaves the outcome unknown while its token is in the file", arguments: filesOfOne)
  func intent(file: Grant, standing: Recovery.Standing) {
    let record = Self.record(.intent)
    #expect(Recovery.standing(of: file, in: record) == standing)
    let expected: Recovery =
      switch standing {
      case .newest, .presented, .mixed: .outcomeUnknown(putBack: false)
      case .used: .outcomeUnknown(putBack: true)
      case .blank, .foreign: .goOn
      }
    #expect(Recovery.decide(record, file: file) == expected)
  }

  @Test("a refused token stays refused until another one comes", arguments: filesOfOne)
  func refused(file: Grant, standing: Recovery.Standing) {
    let isAnother = standing == .blank || standing == .foreign
    #expect(
      Recovery.decide(Self.record(.refused), file: file)
        == (isAnother ? .goOn : .refused(putBack: standing == .used)))
  }

  @Test("a revocation stays begun until another grant comes", arguments: filesOfOne)
  func revoking(file: Grant, standing: Recovery.Standing) {
    let isAnother = standing == .blank || standing == .foreign
    #expect(
      Recovery.decide(Self.record(.revoking), file: file) == (isAnother ? .goOn : .revocationBegun))
  }

  @Test("only an answer and what is done are ever saved, and never what isn't newest")
  func saves() {
    let all = RotationRecord.Kind.allCases.flatMap { kind in
      Self.files.compactMap { file, _ -> (kind: RotationRecord.Kind, grant: Grant)? in
        guard case .save(let grant) = Recovery.decide(Self.record(kind), file: file) else {
          return nil
        }
        return (kind, grant)
      }
    }
    #expect(Set(all.map(\.kind)) == [.answer, .done])
    #expect(all.allSatisfy { $0.grant == Self.newest })
  }

  @Test("a confirmed revocation is finished, and never blanks another grant")
  func revoked() {
    for kind in [RotationRecord.Kind.answer, .done] {
      let record = RotationRecord.of(
        kind, Self.presented, .blank, purpose: .revocation, spent: [Self.oldest, Self.presented])
      #expect(Recovery.decide(record, file: Self.presented) == .save(.blank))
      #expect(Recovery.decide(record, file: Self.oldest) == .save(.blank))
      #expect(Recovery.decide(record, file: .of("ax", "rx")) == .goOn)
    }
    let answer = RotationRecord.of(.answer, Self.presented, .blank, spent: [Self.presented])
    #expect(Recovery.decide(answer, file: .blank) == .confirm)
    let done = RotationRecord.of(.done, Self.presented, .blank, spent: [Self.presented])
    #expect(Recovery.decide(done, file: .blank) == .goOn)
  }

  @Test("a revoked grant that an editor puts back is blanked, also once the journal is scrubbed")
  func scrubbed() {
    let record = RotationRecord.of(.done, .blank, .blank, spent: [Self.presented])
    #expect(Recovery.decide(record, file: Self.presented) == .save(.blank))
    #expect(Recovery.decide(record, file: .blank) == .goOn)
  }

  @Test("a login over a blank file is saved there")
  func loginFromBlank() {
    let record = RotationRecord.of(.answer, .blank, Self.newest, purpose: .login)
    #expect(Recovery.decide(record, file: .blank) == .save(Self.newest))
    #expect(Recovery.decide(record, file: Self.newest) == .confirm)
    #expect(Recovery.decide(record, file: .of("ax", "rx")) == .park(Self.newest))
  }

  @Test("grants of an access token alone are told apart by it")
  func accessOnly() {
    let (old, sent, new) = (Grant.of("a0", nil), Grant.of("a1", nil), Grant.of("a2", nil))
    let record = RotationRecord.of(.answer, sent, new, purpose: .login, spent: [old, sent])
    #expect(Recovery.decide(record, file: sent) == .save(new))
    #expect(Recovery.decide(record, file: old) == .save(new))
    #expect(Recovery.decide(record, file: new) == .confirm)
    #expect(Recovery.decide(record, file: .of("ax", nil)) == .park(new))
  }

  @Test("before the save is done, a value beside the tokens counts; afterwards it is a person's")
  func expiryBesideTokens() {
    var file = Self.newest
    file.expiresAt = 1_800_000_001
    let answer = RotationRecord.of(.answer, Self.presented, Self.newest)
    #expect(Recovery.decide(answer, file: file) == .save(Self.newest))
    let done = RotationRecord.of(.done, Self.presented, Self.newest)
    #expect(Recovery.decide(done, file: file) == .goOn)
  }
}
