import Testing

@testable import OAuth
@testable import Rotation

@Suite("Recovery: what to do about what an earlier run left")
struct RecoveryTests {
  private static let reach = 1_700_000_000
  private static let newest = Grant.of("a2", "r2", expiresAt: 1_800_007_200)
  private static let other = Grant.of("a1", "r1", expiresAt: 1_800_000_000)
  private static let used = Grant.of("a0", "r0", expiresAt: 1_799_000_000)
  private static let usedElsewhere = Grant.of("b0", "s0", expiresAt: 1_799_000_000)
  private static let older = Grant.of("ao", "ro", expiresAt: reach)
  private static let unknown = Grant.of("ax", "rx", expiresAt: reach + 1)

  /// What a file may hold, by where it stands.
  private static let files: [(Grant, Recovery.Standing)] = [
    (newest, .newest), (.of("ax", "r2"), .mixed), (.of(nil, "r2"), .mixed), (other, .other),
    (.of("ax", "r1"), .other), (used, .used), (.of("ax", "r0"), .used),
    (usedElsewhere, .usedByOtherAccount), (.blank, .blank), (older, .olderCopy),
    (unknown, .unknown), (.of("ax", nil), .unknown), (.of(nil, "rx"), .unknown),
  ]

  private static func record(
    _ newest: KnownGrant, other: KnownGrant? = .of(Self.other), _ stage: RotationRecord.Stage
  ) -> RotationRecord {
    var record = RotationRecord.of(newest, other: other, stage, used: [used], reach: reach)
    record.newest.account = Account("alice")
    record.usedTokens.add(KnownGrant(usedElsewhere, account: Account("bob")))
    return record
  }

  private static func decide(
    _ record: RotationRecord, _ file: Grant, trustingFile: Bool = false
  ) -> Recovery {
    Recovery.decide(record, file: file, for: "app", trustingFile: trustingFile)
  }

  @Test("where a file stands is seen from the record", arguments: files)
  func standings(file: Grant, standing: Recovery.Standing) {
    for stage in [RotationRecord.Stage.saved, .unsaved] {
      let record = Self.record(.of(Self.newest), stage)
      #expect(Recovery.standing(of: file, in: record) == standing)
    }
  }

  @Test("without a record the file is the truth", arguments: files)
  func noRecord(file: Grant, standing: Recovery.Standing) {
    #expect(Recovery.decide(nil, file: file, for: "app") == .goOn)
  }

  @Test("a grant that came is confirmed, saved, or left to the journal", arguments: files)
  func unsaved(file: Grant, standing: Recovery.Standing) {
    let expected: Recovery =
      switch standing {
      case .newest: .confirm
      case .mixed, .other, .used: .save(Self.newest)
      case .usedByOtherAccount: .otherAccount(file: "bob", newest: "alice")
      case .blank, .unknown: .goOn
      // It is older than what came: X ended it, or the journal's grant is another account's.
      case .olderCopy: .presentNewest
      }
    #expect(Self.decide(Self.record(.of(Self.newest), .unsaved), file) == expected)
  }

  @Test("once it is saved, only a copy whose token is used is undone", arguments: files)
  func saved(file: Grant, standing: Recovery.Standing) {
    let expected: Recovery =
      switch standing {
      case .newest, .other, .blank, .unknown: .goOn
      case .mixed, .used: .save(Self.newest)
      case .usedByOtherAccount: .otherAccount(file: "bob", newest: "alice")
      case .olderCopy: .presentNewest
      }
    let record = Self.record(.of(Self.newest), .saved)
    // A used copy is replaced by what was last presented: the other grant, if there is one.
    let isUsed = standing == .used
    #expect(Self.decide(record, file) == (isUsed ? .save(Self.other) : expected))
    let alone = Self.record(.of(Self.newest), other: nil, .saved)
    if standing != .other { #expect(Self.decide(alone, file) == expected) }
  }

  @Test("an attempt without an answer leaves the outcome of its token unknown", arguments: files)
  func unanswered(file: Grant, standing: Recovery.Standing) {
    let record = Self.record(.of(Self.newest, .unknown), other: nil, .saved)
    let expected: Recovery =
      switch standing {
      case .newest, .mixed, .olderCopy: .outcomeUnknown(.newest)
      case .used: .save(Self.newest)
      case .usedByOtherAccount: .otherAccount(file: "bob", newest: "alice")
      case .blank, .other, .unknown: .goOn
      }
    #expect(Self.decide(record, file) == expected)
  }

  @Test("a refused token stays refused until another one comes", arguments: files)
  func refused(file: Grant, standing: Recovery.Standing) {
    let record = Self.record(.of(Self.newest, .refused), other: nil, .saved)
    let expected: Recovery =
      switch standing {
      case .newest, .mixed, .olderCopy: .refused
      case .used: .save(Self.newest)
      case .usedByOtherAccount: .otherAccount(file: "bob", newest: "alice")
      case .blank, .other, .unknown: .goOn
      }
    #expect(Self.decide(record, file) == expected)
  }

  @Test("a revocation stays begun until another grant comes", arguments: files)
  func revoking(file: Grant, standing: Recovery.Standing) {
    var record = Self.record(.of(Self.newest), .saved)
    record.isRevoking = true
    let expected: Recovery =
      switch standing {
      case .blank, .unknown: .goOn
      case .usedByOtherAccount: .otherAccount(file: "bob", newest: "alice")
      default: .revocationBegun
      }
    #expect(Self.decide(record, file) == expected)
  }

  @Test("somebody's token in the file is presented first; once it is refused, ours is")
  func decision() {
    func decide(_ newest: KnownGrant, _ other: KnownGrant) -> Recovery {
      Self.decide(Self.record(newest, other: other, .saved), Self.other)
    }
    let ours = KnownGrant.of(Self.newest)
    #expect(decide(ours, .of(Self.other)) == .goOn)
    #expect(decide(ours, .of(Self.other, .unknown)) == .outcomeUnknown(.other))
    #expect(decide(ours, .of(Self.other, .refused)) == .presentNewest)
    #expect(
      decide(.of(Self.newest, .unknown), .of(Self.other, .refused)) == .outcomeUnknown(.newest))
    #expect(decide(.of(Self.newest, .refused), .of(Self.other, .refused)) == .refused)
    // It may have been accepted the first time: then ours may be another account's.
    #expect(decide(ours, .of(Self.other, .refused, attempts: 2)) == .refused)
    #expect(decide(.of(.blank), .of(Self.other, .refused)) == .refused)
  }

  @Test("an older copy waits until ours has been tried, but for --force")
  func olderCopy() {
    for outcome in KnownGrant.Outcome.allCases {
      let expected: Recovery =
        switch outcome {
        case .none: .presentNewest
        case .unknown: .outcomeUnknown(.newest)
        case .refused: .refused
        }
      let newest = KnownGrant.of(Self.newest, outcome)
      let noted = Self.record(newest, other: .of(Self.older, isOlderCopy: true), .saved)
      for record in [noted, Self.record(newest, other: nil, .saved)] {
        // Once ours has been refused over it, the copy is sent after all.
        let isTurn = outcome == .refused && record.other != nil
        #expect(Self.decide(record, Self.older) == (isTurn ? .goOn : expected))
        #expect(Self.decide(record, Self.older, trustingFile: true) == .goOn)
      }
    }
    #expect(Self.decide(Self.record(.of(.blank), other: nil, .saved), Self.older) == .goOn)
  }

  @Test("a used token of a known account isn't replaced by one of which nobody knows whose it is")
  func unknownAccount() {
    var record = Self.record(.of(Self.newest), .saved)
    record.newest.account = nil
    #expect(
      Self.decide(record, Self.usedElsewhere) == .otherAccount(file: "bob", newest: nil))
    record.newest.account = Account("BOB")
    #expect(Self.decide(record, Self.usedElsewhere) == .save(Self.other))
  }

  @Test("in every record, nothing is saved but what came, nor presented what was refused")
  func everyRecord() {
    var count = 0
    for record in Self.everyRecord {
      for (file, _) in Self.files {
        for trustingFile in [false, true] {
          count += 1
          check(record, file, Self.decide(record, file, trustingFile: trustingFile))
        }
      }
    }
    #expect(count > 3000)
  }

  @Test(
    "in every record, another server's grant is neither saved nor presented, the file's own included"
  )
  func otherServer() {
    for var record in Self.everyRecord {
      record.newest.server = "https://a"
      record.newest.issuedAt = 1
      record.other?.server = "https://a"
      record.other?.issuedAt = 1
      for (file, _) in Self.files {
        func decide(at server: String) -> Recovery {
          Recovery.decide(record, file: file, for: "app", at: server)
        }
        let context = "\(file), \(record)"
        let decided = Self.decide(record, file)
        #expect(decide(at: "https://a") == decided, "\(context)")
        switch decide(at: "https://b") {
        case .otherServer(let issuer): #expect(issuer == "https://a", "\(context)")
        case .save(let grant): #expect(grant.isBlank, "\(context)")
        case .presentNewest, .outcomeUnknown: Issue.record("\(context)")
        case let same:
          #expect(same == decided, "\(context)")
          let isUsed = [.goOn, .confirm].contains(same) && !file.isBlank
          #expect(!isUsed || record.held(file).server == nil, "\(context)")
        }
      }
    }
  }

  @Test("in every record, another app's grant is neither saved nor presented over the file's")
  func otherApp() {
    for var record in Self.everyRecord {
      record.newest.app = "app"
      for (file, _) in Self.files {
        let context = "\(file), \(record)"
        switch Recovery.decide(record, file: file, for: "another") {
        case .save(let grant):
          let isTheirs = grant == record.newest.grant && grant.identity != file.identity
          #expect(grant.isBlank || !isTheirs, "\(context)")
        case .presentNewest: Issue.record("\(context)")
        case .outcomeUnknown(let role):
          #expect(record[role]?.grant.identity == file.identity, "\(context)")
        case .goOn, .confirm, .refused, .revocationBegun, .otherAccount, .otherServer: break
        }
      }
    }
  }

  @Test(
    "a record of another folder that has never seen the file's token counts for nothing, and one that has is followed"
  )
  func carried() {
    for record in Self.everyRecord {
      let seen = [record.newest.grant, record.other?.grant, Self.used, Self.usedElsewhere]
        .compactMap { $0?.identity }
      for (file, _) in Self.files {
        guard let carried = record.carried(beside: file) else {
          #expect(!seen.contains { $0 == file.identity }, "\(file), \(record)")
          continue
        }
        #expect(seen.contains { $0 == file.identity }, "\(file), \(record)")
        #expect(Self.decide(carried, file) == Self.decide(record, file), "\(file), \(record)")
        // By its reach alone it decides about nothing that comes later either.
        #expect(Recovery.standing(of: Self.veryOld, in: carried) == .unknown)
      }
    }
  }

  /// Nobody's, and older than whatever a journal remembers.
  private static let veryOld = Grant.of("av", "rv", expiresAt: 1_000_000_000)

  private func check(_ record: RotationRecord, _ file: Grant, _ decided: Recovery) {
    let standing = Recovery.standing(of: file, in: record)
    let context = "\(standing), \(record)"
    // Somebody's decision goes first, whatever the journal holds.
    #expect(standing != .unknown || decided == .goOn, "\(context)")
    switch decided {
    case .save(let grant):
      #expect(grant == record.newest.grant || grant == record.other?.grant, "\(context)")
      // Somebody else's grant, and a file that was blanked, are never written over.
      let isTheirs = [.unknown, .olderCopy, .usedByOtherAccount].contains(standing)
      #expect(!isTheirs, "\(context)")
      #expect(standing != .blank || grant.isBlank, "\(context)")
    case .presentNewest:
      #expect(record.newest.outcome(for: "app") == .none, "\(context)")
      #expect(!record.newest.grant.isBlank && standing != .newest, "\(context)")
    case .goOn:
      if standing == .newest {
        #expect(record.newest.outcome(for: "app") == .none, "\(context)")
      }
      if let other = record.other, standing == .other {
        #expect(other.outcome(for: "app") == .none, "\(context)")
      }
      #expect(standing != .used && standing != .usedByOtherAccount, "\(context)")
    case .confirm: #expect(record.stage == .unsaved && standing == .newest, "\(context)")
    case .outcomeUnknown(let role):
      #expect(record[role]?.outcome(for: "app") == .unknown, "\(context)")
    case .refused, .otherAccount, .otherServer: break
    case .revocationBegun: #expect(record.isRevoking, "\(context)")
    }
  }

  /// Every record that differs in what the table looks at.
  private static var everyRecord: [RotationRecord] {
    let newest = KnownGrant.Outcome.allCases.map { KnownGrant.of(Self.newest, $0) }
    var others: [KnownGrant?] = [nil, .of(.blank)]
    for outcome in KnownGrant.Outcome.allCases {
      for attempts in [1, 2] {
        others.append(.of(other, outcome, attempts: attempts))
        others.append(.of(older, outcome, attempts: attempts, isOlderCopy: true))
      }
    }
    var records: [RotationRecord] = []
    for newest in newest + [.of(.blank)] {
      for other in others {
        for isRevoking in [false, true] {
          var record = Self.record(newest, other: other, .saved)
          record.isRevoking = isRevoking
          records.append(record)
        }
        if newest.unansweredBy.isEmpty, newest.refusedTo.isEmpty {
          records.append(Self.record(newest, other: other, .unsaved))
        }
      }
    }
    return records
  }

  @Test("a confirmed revocation is finished, and never blanks another grant")
  func revoked() {
    let unsaved = RotationRecord.of(
      .of(.blank), other: .of(Self.other), .unsaved, used: [Self.used, Self.other])
    #expect(Self.decide(unsaved, Self.other) == .save(.blank))
    #expect(Self.decide(unsaved, Self.used) == .save(.blank))
    #expect(Self.decide(unsaved, .blank) == .confirm)
    #expect(Self.decide(unsaved, Grant(expiresAt: 5)) == .save(.blank))
    #expect(Self.decide(unsaved, Self.unknown) == .goOn)
    let saved = RotationRecord.of(.of(.blank), used: [Self.used, Self.other])
    #expect(Self.decide(saved, Self.other) == .save(.blank))
    #expect(Self.decide(saved, .blank) == .goOn)
    #expect(Self.decide(saved, Self.unknown) == .goOn)
  }

  @Test("a login over a blank file is saved there")
  func loginFromBlank() {
    let record = RotationRecord.of(.of(Self.newest), other: .of(.blank), .unsaved)
    #expect(Self.decide(record, .blank) == .save(Self.newest))
    #expect(Self.decide(record, Self.newest) == .confirm)
    #expect(Self.decide(record, Self.unknown) == .goOn)
  }

  @Test("grants of an access token alone are told apart by it")
  func accessOnly() {
    let (old, sent, new) = (Grant.of("a0", nil), Grant.of("a1", nil), Grant.of("a2", nil))
    let record = RotationRecord.of(.of(new), other: .of(sent), .unsaved, used: [old, sent])
    #expect(Self.decide(record, sent) == .save(new))
    #expect(Self.decide(record, old) == .save(new))
    #expect(Self.decide(record, new) == .confirm)
    #expect(Self.decide(record, .of("ax", nil)) == .goOn)
  }

  @Test("before the save is done, a value beside the tokens counts; afterwards it is a person's")
  func expiryBesideTokens() {
    var file = Self.newest
    file.expiresAt = 1_800_000_001
    let newest = KnownGrant.of(Self.newest)
    #expect(
      Self.decide(.of(newest, other: .of(Self.other), .unsaved), file) == .save(Self.newest))
    #expect(Self.decide(.of(newest), file) == .goOn)
  }

  @Test("what a client is refused counts for it alone, and for a look that presents nothing")
  func clients() {
    let record = RotationRecord.of(.of(Self.newest, .refused))
    #expect(Recovery.decide(record, file: Self.newest, for: "app") == .refused)
    #expect(Recovery.decide(record, file: Self.newest, for: "another") == .goOn)
    #expect(Recovery.decide(record, file: Self.newest, for: nil) == .refused)
  }
}
