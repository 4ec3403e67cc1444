import OAuth

/// What a run has to do, before anything else, about what is in the journal and in the file: a pure
/// function of the two.
public enum Recovery: Sendable, Equatable {
  /// The file's grant is the one that counts.
  case goOn
  /// The newest grant is in the file already; make sure that it is on the disk.
  case confirm
  /// Write this grant into the file: an older one stands there.
  case save(Grant)
  /// The file holds a grant that is older than the newest one, or that X has refused. The newest one is
  /// presented, and nothing is written before X has accepted it.
  case presentNewest
  /// The token of this grant was sent and nobody saw the answer.
  case outcomeUnknown(RotationRecord.Role)
  /// The server has refused the file's token for good.
  case refused
  /// A revocation of the file's grant was begun and not confirmed.
  case revocationBegun
  /// The file holds a used token of another account than the newest grant's: somebody has switched the
  /// account by hand, and nothing is written over that.
  case otherAccount(file: String, newest: String?)
  /// The grant that would be saved or presented came from another server than the settings name: a wrong
  /// server learns nothing, and its word about the token counts for nothing.
  case otherServer(String)

  /// Where the file's grant stands, seen from a record.
  enum Standing: Sendable, Equatable, CaseIterable {
    /// It is the newest grant, whole.
    case newest
    /// It is half the newest, half something else.
    case mixed
    /// It is the other grant that the record knows of.
    case other
    /// Its token is known to be used.
    case used
    /// The same, by another account than the newest grant's.
    case usedByOtherAccount
    /// There is no token.
    case blank
    /// The journal has never seen it, and by its expiry it is older than what the journal remembers.
    case olderCopy
    /// The journal has never seen it: somebody has put it there.
    case unknown
  }

  /// What the table says, unless a grant would get to another server than the one that issued it.
  ///
  /// - Parameters:
  ///   - client: who is about to present a token (`KnownGrant.presenter(_:at:)`); nil for a look that
  ///     presents none.
  ///   - server: the base URL that requests go to; nil where none is sent.
  ///   - trustingFile: whether a grant that only seems to be an older copy is taken for somebody's
  ///     decision: what `--force` asks for.
  static func decide(
    _ record: RotationRecord?, file: Grant, for client: String?, at server: String? = nil,
    trustingFile: Bool = false
  ) -> Recovery {
    guard let record else { return .goOn }
    let decided = decide(record, file: file, for: client, trustingFile)
    let used: KnownGrant? =
      switch decided {
      case .save(let grant): record.newest.grant == grant ? record.newest : record.other
      case .presentNewest: record.newest
      case .outcomeUnknown(let role): record[role]
      case .goOn, .confirm: record.held(file)
      case .refused, .revocationBegun, .otherAccount, .otherServer: nil
      }
    guard let used, let issuer = used.server, used.isForeign(to: server, beside: file) else {
      return decided
    }
    return .otherServer(issuer)
  }

  /// The table.
  private static func decide(
    _ record: RotationRecord, file: Grant, for client: String?, _ trustingFile: Bool
  ) -> Recovery {
    let (newest, other) = (record.newest, record.other)
    let standing = standing(of: file, in: record)
    // Another app's grant is of no use to this client, and no file of this one's is written over with it.
    let isOthers = newest.isOfAnotherApp(than: client)
    switch (record.stage == .unsaved, standing) {
    case (true, .newest): return .confirm
    case (_, .used) where isOthers: return .refused
    case (true, .other) where isOthers: return .goOn
    case (true, .mixed), (true, .other), (true, .used): return .save(newest.grant)
    // After a revocation, leftover expiry and scopes are cleared even if the tokens are gone already.
    case (true, .blank) where newest.grant.isBlank: return .save(newest.grant)

    case (_, .blank), (_, .unknown): return .goOn
    case (_, .usedByOtherAccount): return record.accountsDiffer(file)

    case (false, .newest), (false, .mixed):
      if record.isRevoking { return .revocationBegun }
      switch newest.outcome(for: client) {
      case .none: return standing == .newest ? .goOn : .save(newest.grant)
      case .unknown: return .outcomeUnknown(.newest)
      case .refused: return .refused
      }

    case (false, .used):
      if record.isRevoking { return .revocationBegun }
      // What was last presented goes back into the file, whatever came of it; then it is decided about
      // that.
      if let other, !other.isOlderCopy, other.outcome(for: client) != .refused {
        return .save(other.grant)
      }
      return .save(newest.grant)

    case (false, .other):
      guard let other else { return .goOn }
      if record.isRevoking { return .revocationBegun }
      let isNewestOver =
        newest.grant.refreshToken == nil || newest.outcome(for: client) == .refused
      if other.isOlderCopy, !trustingFile, !isNewestOver, !isOthers {
        return decideOlderCopy(newest, for: client, false)
      }
      switch other.outcome(for: client) {
      case .none: return .goOn
      case .unknown: return .outcomeUnknown(.other)
      case .refused:
        // A token that may have been accepted before can have been a living grant of another account.
        guard !other.isOlderCopy, !other.wasUnanswered, newest.grant.refreshToken != nil,
          !other.isOfAnotherAccount(than: newest), !isOthers
        else { return .refused }
        return decideOlderCopy(newest, for: client, false)
      }

    case (_, .olderCopy):
      if record.isRevoking { return .revocationBegun }
      return decideOlderCopy(newest, for: client, trustingFile || isOthers)
    }
  }

  /// What to do when the newest grant is to be tried before the file's.
  private static func decideOlderCopy(
    _ newest: KnownGrant, for client: String?, _ trustingFile: Bool
  ) -> Recovery {
    if trustingFile || newest.grant.refreshToken == nil { return .goOn }
    switch newest.outcome(for: client) {
    case .none: return .presentNewest
    case .unknown: return .outcomeUnknown(.newest)
    case .refused: return .refused
    }
  }

  /// Where `file` stands, seen from `record`.
  static func standing(of file: Grant, in record: RotationRecord) -> Standing {
    let newest = record.newest.grant
    // Once a grant is saved, only its tokens are compared: people may edit expiry and scopes. Before
    // that, any difference means that it has not been saved yet.
    let isUnsaved = record.stage == .unsaved
    if isUnsaved ? file == newest : file.hasSameTokens(as: newest) { return .newest }
    if let other = record.other?.grant, file.hasSameTokens(as: other) { return .other }
    if file.isBlank { return .blank }
    if let token = file.identity, token == newest.identity { return .mixed }
    if let token = file.identity, token == record.other?.grant.identity { return .other }
    if let used = record.usedTokens.find(file, unless: newest) {
      var held = KnownGrant(file)
      held.account = used.account
      // Of two accounts, one of which isn't known, nobody can tell that they are the same.
      let isUnsure = held.account != nil && record.newest.account == nil && !newest.isBlank
      return isUnsure || held.isOfAnotherAccount(than: record.newest) ? .usedByOtherAccount : .used
    }
    return record.isOlderCopy(file) ? .olderCopy : .unknown
  }
}

extension RotationRecord {
  fileprivate func accountsDiffer(_ file: Grant) -> Recovery {
    let account = usedTokens.find(file, unless: newest.grant)?.account
    return .otherAccount(file: account?.username ?? "", newest: newest.account?.username)
  }
}
