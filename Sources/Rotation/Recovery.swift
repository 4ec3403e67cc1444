import OAuth

/// What a run has to do, before anything else, about what an earlier one left behind: a pure
/// function of the journal's record and of what the file holds.
public enum Recovery: Sendable, Equatable {
  /// The journal has nothing to say about what is in the file.
  case goOn
  /// The newest grant is in the file already; make sure that it is on the disk, and mark it done.
  case confirm
  /// Write this grant to the file: it is newer than what stands there.
  case save(Grant)
  /// A grant came for a token that is no longer in the file. Somebody decided otherwise: leave the
  /// file alone, keep what came, and say so.
  case park(Grant)
  /// The file's token was sent and nobody saw the answer. First put it back where `putBack` says
  /// so: an editor has saved an even older one over it.
  case outcomeUnknown(putBack: Bool)
  /// The server has refused the file's token for good. As above, an even older one may stand in its
  /// place.
  case refused(putBack: Bool)
  /// A revocation of the file's token was begun and not confirmed.
  case revocationBegun

  /// Where the file's grant stands, seen from a record.
  enum Standing: Sendable, Equatable, CaseIterable {
    /// It is the newest grant, whole.
    case newest
    /// It is the one whose token was sent.
    case presented
    /// Its token was used earlier on.
    case used
    /// It is half one, half the other.
    case mixed
    /// There is no token.
    case blank
    /// It is a grant that the journal has never seen.
    case foreign
  }

  /// The table.
  public static func decide(_ record: RotationRecord?, file: Grant) -> Recovery {
    guard let record else { return .goOn }
    let standing = standing(of: file, in: record)
    switch (record.kind, standing) {
    case (.answer, .newest): return .confirm
    case (.answer, .presented), (.answer, .used), (.answer, .mixed): return .save(record.newest)
    // After a revocation, leftover expiry and scopes are cleared even if the tokens are already
    // empty.
    case (.answer, .blank) where record.newest.isBlank: return .save(record.newest)
    case (.answer, .blank), (.answer, .foreign):
      return record.newest.isBlank ? .goOn : .park(record.newest)

    case (.done, .newest), (.done, .blank), (.done, .foreign): return .goOn
    case (.done, .presented), (.done, .used), (.done, .mixed): return .save(record.newest)

    case (.intent, .newest), (.intent, .presented), (.intent, .mixed):
      return .outcomeUnknown(putBack: false)
    case (.intent, .used): return .outcomeUnknown(putBack: true)

    case (.refused, .newest), (.refused, .presented), (.refused, .mixed):
      return .refused(putBack: false)
    case (.refused, .used): return .refused(putBack: true)
    case (.revoking, .newest), (.revoking, .presented), (.revoking, .mixed), (.revoking, .used):
      return .revocationBegun

    case (.intent, .blank), (.intent, .foreign), (.refused, .blank), (.refused, .foreign),
      (.revoking, .blank), (.revoking, .foreign):
      return .goOn
    }
  }

  /// The decision for a run that presents the token as `client`. X accepts a token only from the
  /// app it was issued to (RFC 6749 §5.2), so a refusal counts only for the client IDs it was given
  /// to.
  public func forClient(_ client: ClientCredentials?, _ record: RotationRecord?) -> Recovery {
    guard let client, let record else { return self }
    switch self {
    case .refused where !record.isRefused(to: client.id): return .goOn
    case .outcomeUnknown where record.isRefused(to: client.id): return .refused(putBack: false)
    default: return self
    }
  }

  /// Where `file` stands, seen from `record`.
  static func standing(of file: Grant, in record: RotationRecord) -> Standing {
    let newest = record.newest
    let presented = record.presented
    // Once a grant is saved, only its tokens are compared: people may edit expiry and scopes.
    // Before that, any difference means that it has not been saved yet.
    if record.kind == .answer ? file == newest : file.hasSameTokens(as: newest) { return .newest }
    if file.isBlank { return record.kind == .answer && presented.isBlank ? .presented : .blank }
    if file.hasSameTokens(as: presented) { return .presented }
    if file.hasSameTokens(as: newest) { return .mixed }
    guard let refreshToken = file.refreshToken else {
      return record.hasUsed(file) ? .used : .foreign
    }
    if refreshToken == newest.refreshToken { return .mixed }
    if refreshToken == presented.refreshToken {
      return file.accessToken != nil && file.accessToken == newest.accessToken
        ? .mixed : .presented
    }
    return record.hasUsed(file) ? .used : .foreign
  }
}
