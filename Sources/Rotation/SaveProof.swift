import DotEnv
import DurableFile
import OAuth

extension Grant {
  /// No grant that X may answer with is harder to save: each value as long as any that is accepted,
  /// and in need of every escape.
  static let hardestToSave: Grant = {
    let value = DotEnvChange.hardestValue(count: IssuedTokens.longestToken)
    return Grant(
      accessToken: Secret(value), refreshToken: Secret(value), expiresAt: .max,
      scopes: Scopes([value]))
  }()
}

extension LockedFile {
  /// Proves that whatever X answers can be journaled, and saved in `document`, which the file holds:
  /// does every step of it but the last.
  public func proveSave(in document: DotEnvDocument) throws(RotationFailure) -> Replacement {
    try prove(saving: .hardestToSave, in: document)
  }

  /// The same for what `grant` changes.
  func prove(
    saving grant: Grant, in document: DotEnvDocument
  ) throws(RotationFailure) -> Replacement {
    let edited: DotEnvDocument
    do { edited = try document.setting(grant.changes(to: document)) } catch {
      throw .dotEnv(error, path: target.path)
    }
    do {
      try proveJournal()
      return try prove(byteCount: edited.bytes.count)
    } catch {
      throw .file(error)
    }
  }
}
