import DotEnv
import DurableFile
import OAuth

/// What a grant's file and journal hold, seen without the lock: to show, or to notice later what
/// another run did meanwhile.
public struct GrantView: Sendable, Equatable {
  /// The grant in the file.
  public let grant: Grant
  /// The journal's newest record, its answer classified; nil when there is none.
  public let record: RotationRecord?

  /// A view of these.
  public init(grant: Grant, record: RotationRecord?) {
    self.grant = grant
    self.record = record
  }

  /// What is there now. A journal that may not be read is none: a user who may only read the file has
  /// nothing to recover.
  public init(of target: FileTarget) throws(FileFailure) {
    let document = DotEnvDocument(try target.read()?.bytes ?? [])
    try self.init(of: target, holding: Grant(document: document))
  }

  /// The same where it is known what the file holds.
  public init(of target: FileTarget, holding grant: Grant) throws(FileFailure) {
    self.grant = grant
    let journal: (payload: [UInt8], state: StateFolder)?
    do { journal = try target.peekJournal() } catch {
      switch error {
      case .journalDamaged:
        record = .unreadable(beside: grant)
        return
      case .notOwner, .notReadable:
        record = nil
        return
      default: throw error
      }
    }
    guard let (payload, state) = journal else {
      record = nil
      return
    }
    record = try RotationRecord.read(payload, in: state, beside: grant)
  }

  /// What a run that presents the token as `client`, to the server with this base URL, has to do first.
  public func recovery(for client: ClientCredentials?, at server: String?) -> Recovery {
    Recovery.decide(
      record, file: grant, for: client.map { KnownGrant.presenter($0.id, at: server) }, at: server)
  }

  /// The newest grant: one that waits in the journal is newer than the file's.
  public var newest: Grant {
    if case .save(let newest) = recovery(for: nil, at: nil) { newest } else { grant }
  }

  /// Whether an `--on-rotate` command has still to be told of the newest grant.
  public var owesHook: Bool { record?.owesHook(for: newest) ?? false }

  /// The grant in the file, as it stands there, with what the journal knows of it.
  public var known: KnownGrant { known(of: grant) }

  /// `grant`, with what the journal knows of it.
  public func known(of grant: Grant) -> KnownGrant {
    var known = record?.held(grant) ?? KnownGrant(grant)
    known.grant = grant
    return known
  }

  /// Whether `other` is an older copy of this grant: its token has been used.
  public func isNewer(than other: Grant) -> Bool { record?.hasUsed(other) ?? false }

  /// What another run did between this view and the lock. Call it before `recover()`: a grant
  /// restored for a run that was cut off long ago must not look like a fresh renewal.
  func change(to locked: borrowing LockedGrant) -> (hasNewGrant: Bool, hasNewRecord: Bool) {
    let (now, newRecord) = (locked.grant, locked.record)
    let isOlder = newRecord?.hasUsed(now) ?? false
    // The refresh token is gone and an access token is left: a partial revocation, not a renewal.
    let isRemainder = now.refreshToken == nil && grant.refreshToken != nil
    return (
      hasNewGrant: !now.hasSameTokens(as: grant) && !isOlder && !isRemainder,
      hasNewRecord: newRecord != record
    )
  }
}

extension FileTarget {
  /// Where the journal is, or will be.
  public var journalPath: String {
    let state = try? StateFolder.locate(for: self)
    return state?.journalPath ?? "\(stateFolderPath)/journal"
  }
}

/// Where a grant lives: what is locked and journaled for it, and who can put a new one there.
public struct GrantHome: Sendable {
  /// The file that is locked, journaled and written.
  public let target: FileTarget
  /// Whether the grant came from the environment: the file is one of our own, which follows it, and
  /// only the `--on-rotate` command can put a new grant where it came from.
  public let isEnvironment: Bool
  /// What was there before the first wait for the lock.
  let seen: GrantView

  /// The grant in a `.env`.
  public static func file(_ target: FileTarget) throws(RotationFailure) -> GrantHome {
    do {
      return GrantHome(target: target, isEnvironment: false, seen: try GrantView(of: target))
    } catch {
      throw .file(error)
    }
  }
}

// A grant that came wholly from the environment has no file to be saved in: the `--on-rotate`
// command is what puts it back where it came from. Until that has worked, a file of this user's own
// is where the new tokens are, and the same lock, journal and recovery serve it as every other grant.

extension GrantHome {
  /// How the names of such files begin; the rest is the hash of the first token that was in it, so
  /// that the grants of two accounts never meet.
  private static let filePrefix = "environment-"

  /// The file that follows the environment's `grant`, which it holds or has held; nil when there is
  /// none. `home` is the user's home folder.
  public static func fileFollowing(
    _ grant: Grant, home: String?
  ) throws(RotationFailure) -> FileTarget? {
    guard !grant.isBlank else { return nil }
    for target in FileTarget.allInStateHome(prefix: filePrefix, home: home) {
      let document: DotEnvDocument
      do { document = DotEnvDocument(try target.read()?.bytes ?? []) } catch { throw .file(error) }
      let held = Grant(document: document)
      if held.identity == grant.identity || isHandedOn(grant, in: document) { return target }
      // One whose journal can't be read is another program's trouble, most likely.
      if let view = try? GrantView(of: target, holding: held), view.knows(grant) { return target }
    }
    return nil
  }

  /// The name under which such a file keeps the hash of a refresh token that the `--on-rotate` command
  /// has taken, and that was forgotten here.
  private static let handedOnKey = "HANDED_ON_SHA256"

  /// The edit that puts this hash there; an empty one takes it away.
  static func handedOn(_ digest: String) -> DotEnvChange {
    DotEnvChange(handedOnKey, digest, origin: .person)
  }

  private static func isHandedOn(_ grant: Grant, in document: DotEnvDocument) -> Bool {
    guard let digest = document.value(of: handedOnKey)?.text, !digest.isEmpty,
      let token = grant.identity
    else { return false }
    return (try? TokenHash(token).text) == digest
  }

  /// Whether the newest refresh token of the grant in `target` was forgotten there, because the
  /// `--on-rotate` command has it.
  public static func hasHandedOn(_ target: FileTarget) -> Bool {
    guard let bytes = try? target.read()?.bytes else { return false }
    return DotEnvDocument(bytes).value(of: handedOnKey)?.text?.isEmpty == false
  }

  /// The home of the environment's `grant`: it is put into its file, which is made if need be.
  public static func environment(
    _ grant: Grant, home: String?, _ effects: RotationEffects
  ) throws(RotationFailure) -> GrantHome {
    let known = try fileFollowing(grant, home: home)
    let seen: GrantView
    let target: FileTarget
    do {
      let view = try known.map { try GrantView(of: $0) } ?? GrantView(grant: grant, record: nil)
      // A grant that this run is about to put there isn't another run's renewal.
      let isPutThere = view.grant.identity != grant.identity && !view.isNewer(than: grant)
      seen = isPutThere ? GrantView(grant: grant, record: view.record) : view
      target = if let known { known } else { try newFile(for: grant, home: home) }
    } catch {
      throw RotationFailure(error)
    }
    var locked = try LockedGrant.open(
      target, creating: true, timeout: Rotation.lockTimeout, effects)
    _ = try locked.recover()
    // A used token in the environment is an older copy of what the file holds: a job that began
    // before the last one had put its token back.
    let isOlder = locked.record?.hasUsed(grant) ?? false
    if !isOlder, locked.grant.identity != grant.identity {
      let isHandedOn = locked.document.value(of: handedOnKey) != nil
      try locked.edit(
        grant.changes(to: DotEnvDocument([])) + (isHandedOn ? [handedOn("")] : []))
    }
    locked.unlock()
    return GrantHome(target: target, isEnvironment: true, seen: seen)
  }

  private static func newFile(for grant: Grant, home: String?) throws -> FileTarget {
    guard let token = grant.identity else { throw RotationFailure.noRefreshToken }
    return try FileTarget.inStateHome("\(filePrefix)\(TokenHash(token).text).env", home: home)
  }
}

extension GrantView {
  /// Whether `grant` is one that the record is about. The refresh token tells: not every place that
  /// keeps one keeps the access token beside it.
  fileprivate func knows(_ grant: Grant) -> Bool {
    guard let record else { return false }
    return [record.newest, record.other].contains { $0?.grant.identity == grant.identity }
      || record.hasUsed(grant)
  }
}

extension RotationFailure {
  /// A failure of a lower module as one of a rotation.
  init(_ error: any Error) {
    switch error {
    case let failure as RotationFailure: self = failure
    case let failure as FileFailure: self = .file(failure)
    case let failure as CryptographyUnavailable: self = .cryptography(failure)
    default: self = .notReady(error)
    }
  }
}
